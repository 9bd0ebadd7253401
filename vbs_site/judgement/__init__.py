"""What may be said of what is shown: verdicts, limits and value, from published numbers only, so they can give nothing away."""
