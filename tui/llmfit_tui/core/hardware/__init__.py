"""Devices, machines made of them, and finding either by name."""
