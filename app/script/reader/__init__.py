"""Scripts of others, read into a run's settings. They are parsed, and never run."""
