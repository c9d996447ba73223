"""The environment: what the OTEL_* variables and the proxy settings mean to a program, checked before it starts."""

from telemetry.environment.settings import Settings, SettingsError, is_address, prepare

__all__ = ["Settings", "SettingsError", "is_address", "prepare"]
