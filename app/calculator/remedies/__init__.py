"""What to change in a program, as edits of its text: remedies of the topics, and what keeps a gradient."""
