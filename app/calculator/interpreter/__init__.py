"""Runs a checked program: what each construct does, and nothing that is not written here."""
