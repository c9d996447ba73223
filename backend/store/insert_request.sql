INSERT INTO request (id, digest, count, spans, body) VALUES (?, ?, ?, ?, ?)
