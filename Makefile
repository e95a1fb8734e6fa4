# Everything is done by app/setup; each target is also one line without make:
#   python3.11 -m app.setup run
PYTHON ?= $(shell command -v python3.11 || command -v python3)

.PHONY: run test check bench

run test check bench:
	@exec $(PYTHON) -m app.setup $@
