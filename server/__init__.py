"""The traced Flask server. Start with `app`; `hosting` runs it; the command is `python -m server`."""
