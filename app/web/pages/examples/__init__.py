"""Programs that the calculator page offers: examples to learn from, and confusions to see through."""
