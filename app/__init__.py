"""Autograd Playground: a page where people see PyTorch learn."""
