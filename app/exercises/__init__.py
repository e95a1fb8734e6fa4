"""Predict, then run: questions about programs, marks for the answers, and drills.

Text only, no torch: what is right is read from a program's `Derivation`, which torch has made.
"""
