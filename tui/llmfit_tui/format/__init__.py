"""Turning values into words, tables and JSON; nowhere else are numbers made into text."""
