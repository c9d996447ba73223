"""Side-by-side figures of the embedded back end and the real Jaeger: `python -m bench`."""
