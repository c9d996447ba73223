"""The traced client, based on requests. Start with `app`; the command is `python -m client`."""
