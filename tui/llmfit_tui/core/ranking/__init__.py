"""Every model on one machine, best first; and every machine for one model, the least first."""
