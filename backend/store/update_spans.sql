UPDATE request SET count = ?, spans = ? WHERE id = ?
