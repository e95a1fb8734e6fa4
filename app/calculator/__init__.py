"""Text to gradients: parse, interpret, allowed names, graph, explain."""
