"""Asking this machine what it is made of: tools run, files read, with time limits and reasons for failure.

Nothing is written, no connection opened, no shell used, and no privilege asked for. What the texts mean is
for `core.seen` to say.
"""
