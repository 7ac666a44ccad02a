"""A person's own hardware, read from and written as plain tables."""
