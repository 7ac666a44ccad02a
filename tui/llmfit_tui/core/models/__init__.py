"""Models: their shape, read from a configuration, and where they came from."""
