"""The pages: templates and plain scripts that use the query API, our own or another Jaeger's."""
