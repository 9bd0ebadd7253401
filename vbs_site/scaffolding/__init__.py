"""Commented starting points: a new indicator, area or practice that passes `check` from the first minute."""
