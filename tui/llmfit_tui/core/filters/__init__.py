"""Filters as text: `coder <15B ctx>=128k license:apache fits`."""
