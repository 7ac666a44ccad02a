"""Engines other than llama.cpp: what they take of a machine's memory, as they account for it themselves."""
