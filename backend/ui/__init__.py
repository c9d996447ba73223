"""A small page: the newest traces, and one trace as a waterfall."""
