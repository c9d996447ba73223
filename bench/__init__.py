"""Compares the embedded back end with Jaeger, side by side: `python -m bench`."""
