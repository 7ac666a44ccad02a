"""Charts as values: what they show, in which scale and words, before anything is drawn."""
