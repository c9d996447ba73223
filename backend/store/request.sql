SELECT spans, body FROM request WHERE id = ?
