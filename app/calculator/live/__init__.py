"""A program while it runs: its loops' numbers round by round, its figures, its printed text.

`rounds` counts rounds, `figures` reads matplotlib's figures, `wire` sends both on while the program runs,
`derive_live` runs a program with all of them, `one_round` explains a single round.
"""
