"""What we carry."""
