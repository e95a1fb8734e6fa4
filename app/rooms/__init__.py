"""Classrooms as rules: the log of a room, what it adds up to, who may do what, and what each may see."""
