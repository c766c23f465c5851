"""Signed tokens: JSON Web Tokens with HMAC-SHA256 (RFC 7519, RFC 7515)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import Any

import msgspec

_HEADER = {"typ": "JWT", "alg": "HS256"}


class TokenError(ValueError):
    """A token is not signed with this secret, is cut, or has expired."""


def sign(claims: dict[str, Any], secret: bytes) -> str:
    """Return claims as a signed token.

    Examples
    --------
    >>> sign({"sub": "me"}, b"secret").count(".")
    2
    """
    signed = b".".join(_encode(msgspec.json.encode(part)) for part in (_HEADER, claims))
    return b".".join((signed, _encode(_signature(signed, secret)))).decode()


def claims(token: str, secret: bytes) -> dict[str, Any]:
    """Return the claims of a token.

    Raises
    ------
    TokenError
        It was signed with another secret, or has expired.

    Examples
    --------
    >>> claims(sign({"sub": "me", "exp": 4e9}, b"secret"), b"secret")
    {'sub': 'me', 'exp': 4000000000.0}
    """
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_decode(signature), _signature(signed.encode(), secret)):
        raise TokenError("The token was not granted here.")
    found: dict[str, Any] = msgspec.json.decode(_decode(signed.partition(".")[2]))
    if found["exp"] <= time.time():
        raise TokenError("The token has expired.")
    return found


def is_token(text: str) -> bool:
    """Return whether a text has the form of a signed token, whoever signed it.

    Examples
    --------
    >>> is_token(sign({}, b"secret")), is_token("an.api.key")
    (True, False)
    """
    header, *rest = text.split(".")
    try:
        found = msgspec.json.decode(_decode(header))
    except (TokenError, msgspec.DecodeError):
        return False
    return len(rest) == 2 and isinstance(found, dict) and "alg" in found


def _signature(signed: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, signed, hashlib.sha256)


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenError("The token is cut or altered.") from error
