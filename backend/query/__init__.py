"""Jaeger's HTTP query API, v1 and v3, over the store."""
