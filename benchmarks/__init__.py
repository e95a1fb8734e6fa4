"""The budgets of the product, measured beside a peer in the same run: `make bench`, or `... bench B1 B4`.

Timings depend on the machine and its mood, so nothing here passes or fails a test: each figure is the median
of several rounds in which ours and the peer's take turns, and is read as a ratio.
"""
