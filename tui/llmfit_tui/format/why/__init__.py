"""Where a figure comes from, in words: terms with the numbers put in, inputs and sources."""
