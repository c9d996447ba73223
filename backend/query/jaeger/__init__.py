"""What Jaeger makes of a trace when it answers: its adjusters for v1 and v3, its warnings, its summary."""
