"""Servers to compare with: one in Go as in the article, a literal port of it to Python, one without tracing."""
