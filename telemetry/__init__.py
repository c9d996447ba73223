"""The OpenTelemetry set-up that server and client share: `set_up` before the first span, `shutdown` after the last."""
