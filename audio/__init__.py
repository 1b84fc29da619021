"""Hears and speaks. Knows nothing of what the words mean."""
