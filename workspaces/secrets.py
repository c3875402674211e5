"""Secrets at rest: JSON that is encrypted in the database and plain in Python.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from SECRET_KEY. To change SECRET_KEY, put
the old one into SECRET_KEY_FALLBACKS: what it encrypted stays readable and is encrypted anew when
it is saved.
"""

import base64
import json
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


class UnreadableSecret(Exception):
    """The stored value was encrypted under a SECRET_KEY that is no longer given."""

    def __str__(self):
        return (
            "A stored secret cannot be decrypted: SECRET_KEY has changed. Put the old key into "
            "SECRET_KEY_FALLBACKS, or enter the secret again."
        )


def encrypt(value) -> str:
    return _cipher(_keys()).encrypt(json.dumps(value).encode()).decode()


def decrypt(token: str):
    try:
        return json.loads(_cipher(_keys()).decrypt(token.encode()))
    except InvalidToken:
        raise UnreadableSecret from None


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"switchyard secrets")
    return base64.urlsafe_b64encode(hkdf.derive(key.encode()))


class EncryptedJSONField(models.TextField):
    """A JSON value that only this process can read: the column holds a Fernet token."""

    def from_db_value(self, value, expression, connection):
        return value if value is None else decrypt(value)

    def get_prep_value(self, value):
        return value if value is None else encrypt(value)

    def to_python(self, value):
        return value

    def value_to_string(self, obj):
        return encrypt(self.value_from_object(obj))
