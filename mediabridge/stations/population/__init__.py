"""Populations at the registry's desk: looking at what was found, and deciding on it."""
