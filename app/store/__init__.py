"""What survives the processes: runs, their owners and comparisons, in SQLite or PostgreSQL."""
