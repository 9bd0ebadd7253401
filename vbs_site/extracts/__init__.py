"""What we were given: data contracts, checks, data quality, and the demo generator."""
