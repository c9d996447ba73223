-- By the whole key: there is no index on request alone, it would cost each insert a second tree.
DELETE FROM block WHERE service = ? AND newest = ? AND request = ?
