"""Back end, server and client in one terminal: `python -m demo`."""
