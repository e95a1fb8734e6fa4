"""What every request meets: hosts, limits, languages, validation, problems."""
