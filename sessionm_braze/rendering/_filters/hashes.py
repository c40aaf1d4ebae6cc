"""Filters that hash or encode text (Braze docs, advanced filters)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from .._errors import FaultError
from .._values import to_text
from .base import liquid_filter


def _bytes(value: object) -> bytes:
    return to_text(value).encode("utf-8", "replace")


@liquid_filter()
def md5(value: object) -> str:
    """Return the MD5 digest in hexadecimal."""
    return hashlib.md5(_bytes(value), usedforsecurity=False).hexdigest()


@liquid_filter()
def sha1(value: object) -> str:
    """Return the SHA-1 digest in hexadecimal."""
    return hashlib.sha1(_bytes(value), usedforsecurity=False).hexdigest()


@liquid_filter()
def sha2(value: object) -> str:
    """Return the SHA-256 digest in hexadecimal."""
    return hashlib.sha256(_bytes(value)).hexdigest()


def _hmac(value: object, key: object, digest: str) -> bytes:
    return hmac.new(_bytes(key), _bytes(value), digest).digest()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@liquid_filter()
def hmac_sha1_hex(value: object, key: object) -> str:
    """Return the HMAC-SHA-1 in hexadecimal."""
    return _hmac(value, key, "sha1").hex()


@liquid_filter()
def hmac_sha1_base64(value: object, key: object) -> str:
    """Return the HMAC-SHA-1 in base64."""
    return _base64(_hmac(value, key, "sha1"))


@liquid_filter()
def hmac_sha256_hex(value: object, key: object) -> str:
    """Return the HMAC-SHA-256 in hexadecimal."""
    return _hmac(value, key, "sha256").hex()


@liquid_filter()
def hmac_sha256_base64(value: object, key: object) -> str:
    """Return the HMAC-SHA-256 in base64."""
    return _base64(_hmac(value, key, "sha256"))


@liquid_filter()
def hmac_sha512(value: object, key: object) -> str:
    """Return the HMAC-SHA-512 in hexadecimal."""
    return _hmac(value, key, "sha512").hex()


@liquid_filter()
def base64_encode(value: object) -> str:
    """Return the text in base64."""
    return _base64(_bytes(value))


@liquid_filter(documented=False)
def base64_decode(value: object) -> str:
    """Return the text that base64 encodes."""
    return _decoded(_bytes(value), "base64_decode")


@liquid_filter(documented=False)
def base64_url_safe_encode(value: object) -> str:
    """Return the text in the base64 of URLs."""
    return base64.urlsafe_b64encode(_bytes(value)).decode("ascii")


@liquid_filter(documented=False)
def base64_url_safe_decode(value: object) -> str:
    """Return the text that the base64 of URLs encodes."""
    data = _bytes(value).translate(bytes.maketrans(b"-_", b"+/"))
    if not data.endswith(b"="):
        data += b"=" * (-len(data) % 4)
    return _decoded(data, "base64_url_safe_decode")


def _decoded(data: bytes, name: str) -> str:
    try:
        decoded = base64.b64decode(data, validate=True)
    except binascii.Error:
        decoded = b""
    if base64.b64encode(decoded) != data:  # Python passes over bits that are left over
        raise FaultError(f"invalid base64 provided to {name}")
    return decoded.decode("utf-8", "replace")


base64_ = base64_encode.alias("base64")
hmac_sha1 = hmac_sha1_hex.alias("hmac_sha1")
hmac_sha256 = hmac_sha256_hex.alias("hmac_sha256")
