"""Examples on offer: programs, confusions, settings and comparisons."""
