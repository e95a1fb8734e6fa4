"""Runs over HTTP and over sockets."""
