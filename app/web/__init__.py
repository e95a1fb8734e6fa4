"""Routes, sockets and pages, by feature."""
