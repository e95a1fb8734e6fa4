"""Classrooms over HTTP and sockets."""
