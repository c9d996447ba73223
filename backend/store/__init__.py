"""The store: requests of spans in SQLite, written once and found again.

It knows neither protobuf nor gRPC nor Flask: it is handed bytes with a row for each span in them, and hands bytes and
positions back.
"""
