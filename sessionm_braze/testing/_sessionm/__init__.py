"""SessionM: its state, and the Core and Connect services over it."""
