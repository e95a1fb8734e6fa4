# Everything is done by tools/; each target is also one line without make:
#   python3.11 -m tools run
PYTHON ?= $(shell command -v python3.11 || command -v python3)

.PHONY: run test smoke check bench

run test smoke check bench:
	@exec $(PYTHON) -m tools $@
