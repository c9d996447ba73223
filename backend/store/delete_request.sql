DELETE FROM request WHERE id = ?
