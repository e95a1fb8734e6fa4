"""Pages, routes and sockets."""
