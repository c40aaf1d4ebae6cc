"""The ways in: a requests adapter, a loopback server, a patch of requests."""
