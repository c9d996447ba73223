DELETE FROM label WHERE id = ?
