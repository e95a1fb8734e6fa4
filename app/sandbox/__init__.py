"""One locked, single-use process per program."""
