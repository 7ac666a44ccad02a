"""Where a figure comes from: the terms an estimate is made of, with the numbers put in."""
