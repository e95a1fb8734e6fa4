"""The web process's side: starts the engine process and speaks with it. Knows no torch."""
