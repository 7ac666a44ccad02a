"""The bytes a model takes: weights, cache, scratch memory, and what is loaded beside it."""
