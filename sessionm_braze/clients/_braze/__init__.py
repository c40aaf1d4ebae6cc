"""Braze's calls, a module for each kind; `BrazeClient` joins them."""
