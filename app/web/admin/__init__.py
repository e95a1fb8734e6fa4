"""For whoever runs the server: numbers for Prometheus, and a page behind a token of its own."""
