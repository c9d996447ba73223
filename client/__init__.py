"""The traced requests client: `app` is what it does, `python -m client` the command."""
