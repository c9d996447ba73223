"""The traced Flask server: `app` is what it does, `hosting` what runs it, `python -m server` the command."""
