"""What it tells: aggregates to findings, each a value with its interval, its comparison and a typed status."""
