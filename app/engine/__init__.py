"""The process that owns all runs, and its client."""
