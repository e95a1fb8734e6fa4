"""The web process's side: who runs next, the processes, their replies. Knows no torch."""
