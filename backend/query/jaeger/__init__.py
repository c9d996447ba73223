"""How Jaeger processes a trace before it responds: adjusters for v1 and v3, warnings, summary."""
