"""The environment: reads and checks the OTEL_* variables and proxy settings before a program starts."""

from telemetry.environment.settings import Settings, SettingsError, is_address, prepare

__all__ = ["Settings", "SettingsError", "is_address", "prepare"]
