"""The OpenTelemetry setup shared by server and client. Start with `provider.set_up`; it keeps the article's order."""


def printable(text: str) -> str:
    """Make untrusted text safe for a terminal: replace line breaks and control characters with `?`."""
    return "".join(char if char.isprintable() else "?" for char in text)
