"""The pages: templates and plain scripts that use the query API, here or of another Jaeger."""
