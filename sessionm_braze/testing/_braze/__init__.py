"""Braze: its state, and the REST service over it."""
