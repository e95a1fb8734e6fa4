"""What a program can reach: the reviewed tables, and the stand-ins it holds instead of the real things."""
