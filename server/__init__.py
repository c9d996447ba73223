"""The traced Flask server: `app` is what it serves, `worker` one process of it, `python -m server` runs it."""
