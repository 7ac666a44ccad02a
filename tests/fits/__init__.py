"""Fitting the speed model to published measurements. Needs numpy, which the program itself does not."""
