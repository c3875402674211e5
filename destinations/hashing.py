"""Hashes of personal data: SHA-256, lower-case hex, as advertising tools ask for.

The shared rules: reference/destination-catalog.md, "Hashing", read 2026-11-23.
"""

import hashlib
import re

_DIGEST = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def sha256_hex(text):
    return hashlib.sha256(text.encode()).hexdigest()


def hashed(text, normalise=str.lower):
    """Return the hash of `text` after `normalise`, or None for nothing, white space included.

    What already looks like a digest passes through unchanged; that is tested before normalising.
    """
    if text is None or not text.strip():
        return None
    if _DIGEST.fullmatch(text):
        return text
    text = normalise(text)
    return sha256_hex(text) if text else None


def email(text):
    """Normalise an e-mail address: trimmed, lower case."""
    return text.strip().lower()


def digits(text):
    """Normalise a telephone number: digits only."""
    return re.sub(r"[^0-9]", "", text)


def compact(text):
    """Normalise a name, city or postal code: no white space, lower case."""
    return re.sub(r"\s+", "", text).lower()
