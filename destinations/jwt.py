"""JSON Web Tokens, signed with RS256. Pure: the claims hold the time."""

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sources.language.values import encode_json


def signed(claims: dict, private_key: str, key_id: str = "") -> str:
    """Return the token. Raises ValueError for a key (PEM) that cannot sign."""
    header = {"alg": "RS256", "typ": "JWT", **({"kid": key_id} if key_id else {})}
    text = f"{_encoded(encode_json(header))}.{_encoded(encode_json(claims))}"
    key = load_pem_private_key(private_key.encode(), password=None)
    if not hasattr(key, "sign") or not hasattr(key, "key_size"):
        raise ValueError("not an RSA key")
    return f"{text}.{_encoded(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
