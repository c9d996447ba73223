"""The store: export requests in SQLite, written once and indexed for search.

Independent of protobuf, gRPC and Flask: it takes a request's bytes with one row per span, and returns bytes and
positions.
"""
