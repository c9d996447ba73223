"""The OpenTelemetry set-up that server and client share: `provider.set_up`, in the article's order."""


def printable(text: str) -> str:
    """Text from elsewhere, in one line and without what a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in text)
