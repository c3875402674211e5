"""A service account for tests, and Google's token endpoint, which checks its signature."""

import json
from base64 import urlsafe_b64decode
from functools import cache
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.tool import Answer


@cache
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_file(token_url):
    pem = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps(
        {
            "type": "service_account",
            "client_email": "switchyard@acme.iam.gserviceaccount.com",
            "private_key_id": "key-1",
            "private_key": pem,
            "token_uri": token_url,
        }
    )


def claims_of(call):
    """The claims of a request for a token. Raises InvalidSignature."""
    form = parse_qs(call.body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    header, claims, signature = form["assertion"][0].split(".")
    key = private_key().public_key()
    key.verify(_decoded(signature), f"{header}.{claims}".encode(), padding.PKCS1v15(), SHA256())
    assert json.loads(_decoded(header)) == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    return json.loads(_decoded(claims))


def answer(call):
    """Gives tokens to whom the key belongs, and takes them."""
    if call.path == "/token":
        claims_of(call)
        return Answer(200, b'{"access_token": "ya29.token", "expires_in": 3599}')
    return Answer(200 if call.headers.get("Authorization") == "Bearer ya29.token" else 401)


def _decoded(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
