// The article's programs in one, for the tests: `article server PORT` answers until SIGTERM, `article client URL` asks
// once. Built with the article's own versions (go.mod) and with today's (today.mod).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.17.0"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: article server PORT | article client URL")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exporter, err := otlptracegrpc.New(ctx) // where to: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
	if err != nil {
		log.Fatal(err)
	}
	name := semconv.ServiceName("go-" + os.Args[1])
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithResource(resource.NewWithAttributes(semconv.SchemaURL, name)),
		sdktrace.WithSyncer(exporter),
	)
	defer func() { _ = provider.Shutdown(context.Background()) }()
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	if os.Args[1] == "server" {
		err = serve(ctx, os.Args[2])
	} else {
		err = ask(ctx, os.Args[2])
	}
	if err != nil {
		log.Print(err)
	}
}

func serve(ctx context.Context, port string) error {
	index := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("Hello, World!")) })
	server := &http.Server{Handler: otelhttp.NewHandler(index, "go-server")}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()
	fmt.Printf("Server is running on port %d...\n", listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func ask(ctx context.Context, url string) error {
	client := http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil { // ends the span
		return err
	}
	fmt.Println(response.Status)
	return nil
}
