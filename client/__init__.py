"""The traced requests client: `loop` is what it does each second, `python -m client` runs it."""
