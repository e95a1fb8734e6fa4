"""What `make` does: the environment, the browser's third-party files, translations, checks.

Two stages. `__main__` and `environment` run on a bare Python (standard library only): they make `.venv` and
install the locked packages, then hand over to `commands`, which runs inside `.venv`.
"""
