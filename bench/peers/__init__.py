"""Servers to compare with: the article's Go server, a literal Python port of it, and one without tracing."""
