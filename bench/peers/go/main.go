// The Go peers: the article's server, net/http under otelhttp, with its synchronous exporter or with the batcher. Built
// with today's versions (go.mod) and with the article's own (article.mod).
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.17.0" // the article's; both modules have it
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// run serves until SIGTERM or SIGINT, then answers what is under way and exports what is left.
func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	handler := http.Handler(http.HandlerFunc(hello))
	if processor := os.Getenv("SPAN_PROCESSOR"); processor != "none" {
		provider, err := newProvider(ctx, processor)
		if err != nil {
			return err
		}
		defer func() { _ = provider.Shutdown(context.Background()) }()
		handler = otelhttp.NewHandler(handler, "hello")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	server := &http.Server{Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()
	fmt.Printf("Server is running on port %s...\n", os.Args[1])
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func hello(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("Hello, World!"))
}

// newProvider sets up what the article does; SPAN_PROCESSOR is `simple` as there, or `batch`.
func newProvider(ctx context.Context, processor string) (*sdktrace.TracerProvider, error) {
	exporter, err := otlptracegrpc.New(ctx) // where to: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
	if err != nil {
		return nil, err
	}
	export := sdktrace.WithSyncer(exporter)
	if processor == "batch" {
		export = sdktrace.WithBatcher(exporter)
	}
	provider := sdktrace.NewTracerProvider(
		export,
		sdktrace.WithSampler(sdktrace.AlwaysSample()),
		sdktrace.WithResource(resource.NewWithAttributes(semconv.SchemaURL, semconv.ServiceName("chapter2-server"))),
	)
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	return provider, nil
}
