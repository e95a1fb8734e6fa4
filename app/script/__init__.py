"""Runs as plain PyTorch programs: written for a run, and read back into settings. No program is ever run."""
