-- The newest one stays, however large it is.
SELECT id, spans FROM request WHERE id < (SELECT max(id) FROM request) ORDER BY id LIMIT 1
