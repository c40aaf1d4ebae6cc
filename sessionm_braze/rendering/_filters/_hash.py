"""Filters that hash or encode text (Braze docs, advanced filters)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from .._errors import FaultError
from .._values import to_text


def _bytes(value: object) -> bytes:
    return to_text(value).encode("utf-8", "replace")


def md5(value: object) -> str:
    """Return the MD5 digest in hexadecimal."""
    return hashlib.md5(_bytes(value), usedforsecurity=False).hexdigest()


def sha1(value: object) -> str:
    """Return the SHA-1 digest in hexadecimal."""
    return hashlib.sha1(_bytes(value), usedforsecurity=False).hexdigest()


def sha2(value: object) -> str:
    """Return the SHA-256 digest in hexadecimal."""
    return hashlib.sha256(_bytes(value)).hexdigest()


def _hmac(value: object, key: object, digest: str) -> bytes:
    return hmac.new(_bytes(key), _bytes(value), digest).digest()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def hmac_sha1_hex(value: object, key: object) -> str:
    """Return the HMAC-SHA-1 in hexadecimal."""
    return _hmac(value, key, "sha1").hex()


def hmac_sha1_base64(value: object, key: object) -> str:
    """Return the HMAC-SHA-1 in base64."""
    return _base64(_hmac(value, key, "sha1"))


def hmac_sha256_hex(value: object, key: object) -> str:
    """Return the HMAC-SHA-256 in hexadecimal."""
    return _hmac(value, key, "sha256").hex()


def hmac_sha256_base64(value: object, key: object) -> str:
    """Return the HMAC-SHA-256 in base64."""
    return _base64(_hmac(value, key, "sha256"))


def hmac_sha512(value: object, key: object) -> str:
    """Return the HMAC-SHA-512 in hexadecimal."""
    return _hmac(value, key, "sha512").hex()


def base64_encode(value: object) -> str:
    """Return the text in base64."""
    return _base64(_bytes(value))


def base64_decode(value: object) -> str:
    """Return the text that base64 stands for."""
    return _decoded(_bytes(value), "base64_decode")


def base64_url_safe_encode(value: object) -> str:
    """Return the text in the base64 of URLs."""
    return base64.urlsafe_b64encode(_bytes(value)).decode("ascii")


def base64_url_safe_decode(value: object) -> str:
    """Return the text that the base64 of URLs stands for."""
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


FILTERS = {
    "base64": base64_encode,
    "base64_decode": base64_decode,
    "base64_encode": base64_encode,
    "base64_url_safe_decode": base64_url_safe_decode,
    "base64_url_safe_encode": base64_url_safe_encode,
    "hmac_sha1": hmac_sha1_hex,
    "hmac_sha1_base64": hmac_sha1_base64,
    "hmac_sha1_hex": hmac_sha1_hex,
    "hmac_sha256": hmac_sha256_hex,
    "hmac_sha256_base64": hmac_sha256_base64,
    "hmac_sha256_hex": hmac_sha256_hex,
    "hmac_sha512": hmac_sha512,
    "md5": md5,
    "sha1": sha1,
    "sha2": sha2,
}

UNLISTED = {"base64_decode", "base64_url_safe_decode", "base64_url_safe_encode"}
