"""Runs as plain PyTorch programs: written out, and read back. Text in, text out; nothing is ever run."""
