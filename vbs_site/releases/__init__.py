"""What we published: frozen, disclosure-safe bundles, one per release."""
