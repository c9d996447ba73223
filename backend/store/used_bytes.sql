-- Freed pages stay in the file and are used again, so they do not count.
SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size
