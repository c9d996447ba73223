INSERT INTO label (id, service, operation, kind) VALUES (?, ?, ?, ?)
