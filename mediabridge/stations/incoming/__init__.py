"""What comes in: staged, verified, opened, taken, and answered by a receipt."""
