"""What may be shown: the only door between findings and releases."""
