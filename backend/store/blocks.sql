-- A page of a service's blocks, newest first, after the one that was read last. A page and not a cursor: an open cursor
-- would keep the write-ahead log from starting over for as long as a search is read.
SELECT newest, request FROM block
WHERE service = :service
  AND (newest, request) < (:newest, :request)
  AND newest >= :start_min
  AND oldest <= :start_max
  AND longest >= :duration_min
  AND shortest <= :duration_max
  AND error >= :error
  -- May find the four bytes across two labels: then the request is opened in vain.
  AND (:operation IS NULL OR instr(operations, :operation) > 0)
ORDER BY newest DESC, request DESC
LIMIT :page
