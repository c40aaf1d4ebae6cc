"""What a sandbox raises when a test went wrong: never shaped like a network error."""

from __future__ import annotations


__all__ = ["SandboxError", "UnexpectedRequestError"]


class SandboxError(AssertionError):
    """Something in a test is not as it should be; an assertion of the sandbox."""

    __module__ = "sessionm_braze.testing"  # what a failed test shows


class UnexpectedRequestError(SandboxError):
    """A request that the sandbox has no service for; it is never let through."""

    __module__ = "sessionm_braze.testing"
