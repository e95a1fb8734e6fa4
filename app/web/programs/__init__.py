"""Calculator programs over HTTP."""
