"""The engine process's side: owns all runs and trains them."""
