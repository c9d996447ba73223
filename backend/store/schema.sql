-- The backend's trace file, version 1. In one transaction: a file has all of it, with its marks, or nothing.
BEGIN;
PRAGMA application_id = 0x4F544C50;  -- "OTLP"
PRAGMA user_version = 1;

-- One row for each accepted OTLP request, not for each span: a row of SQLite costs microseconds and its entries in two
-- indexes more than that, a record in a blob far less. The spans are found through `block` and, by trace id, through the
-- directory that is kept in memory (directory.py), so no index has random keys: filling one rewrites a page for each key
-- that it is given.
CREATE TABLE request (
    id INTEGER PRIMARY KEY,   -- ascending in order of arrival
    digest BLOB NOT NULL,     -- of the body: a retry has the same one
    count INTEGER NOT NULL,   -- of the records in spans
    spans BLOB NOT NULL,      -- a record of fixed width for each living span (record.py)
    body BLOB NOT NULL        -- the ExportTraceServiceRequest as it came; last, so that reading spans does not read it
);

-- The names of services and operations. A service has a row without operation and kind.
CREATE TABLE label (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    operation TEXT,
    kind INTEGER
);

-- Which requests hold spans of a service, and between which bounds: a search reads them newest first and opens only the
-- requests whose bounds do not rule them out. A row for each operation as well would make search by operation seek and
-- not skim, but an insert rewrites a page for each label it has.
CREATE TABLE block (
    service INTEGER NOT NULL,   -- label
    newest INTEGER NOT NULL,    -- latest start, ns since the epoch
    request INTEGER NOT NULL,
    oldest INTEGER NOT NULL,    -- earliest start
    shortest INTEGER NOT NULL,  -- ns
    longest INTEGER NOT NULL,
    error INTEGER NOT NULL,     -- 1 if a span has an error
    operations BLOB NOT NULL,   -- their labels, 4 bytes each
    PRIMARY KEY (service, newest, request)
) WITHOUT ROWID;

COMMIT;
