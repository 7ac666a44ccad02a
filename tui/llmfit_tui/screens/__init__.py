"""Screens: the explorer, and the help above it."""
