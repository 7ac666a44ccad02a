"""Reading and writing files; the core never does."""
