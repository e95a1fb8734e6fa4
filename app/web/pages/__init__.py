"""Pages, the browser's files and what the pages offer."""
