INSERT INTO block (service, newest, request, oldest, shortest, longest, error, operations) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
