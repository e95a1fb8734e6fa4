"""What `make` does: install packages, fetch and bundle the browser's files, then run, test, check or measure.

`__main__` and what it imports need only the standard library, since they run before anything is installed;
`generate` and what it imports run inside `.venv`.
"""
