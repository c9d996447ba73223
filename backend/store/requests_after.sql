-- A page of the requests in order of arrival; without their bodies.
SELECT id, digest, spans FROM request WHERE id > ? ORDER BY id LIMIT 256
