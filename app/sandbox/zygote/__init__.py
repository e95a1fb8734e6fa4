"""The zygote and its children: fork, lock, do one job, end."""
