SELECT id, service, operation, kind FROM label
