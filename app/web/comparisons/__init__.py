"""Comparisons of runs over HTTP and over sockets."""
