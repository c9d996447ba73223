SELECT spans FROM request WHERE id = ?
