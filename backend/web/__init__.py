"""Shared by everything that serves HTTP: the server, its address, access checks, replies and errors."""
