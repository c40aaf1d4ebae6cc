"""The people's side of both platforms: what is clicked together there."""
