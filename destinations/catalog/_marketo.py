"""Marketo's REST API, for the tools that speak it: its tokens, and its 200 that means no.

https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/error-codes and
…/rest/authentication (read 2026-11-25).
"""

from dataclasses import dataclass, replace

from destinations.auth import OAuth2, oauth2
from destinations.integration import (
    Rejected,
    Request,
    ServerFault,
    Throttled,
    Unauthorized,
    text_of,
)

WRONG_TOKEN = {"600", "601", "602"}
TOO_MUCH = {"606", "607", "615"}  # 100 calls in 20 s, the day's quota, ten calls at a time
PASSING = {"502", "604", "608", "611", "614", "713", "719", "1016", "1019", "1029"}


@dataclass(frozen=True)
class QueryGrant(OAuth2):
    """Client credentials in the query. Marketo repeats a token for as long as it is valid."""

    method: str = "POST"

    def token_request(self, settings, auth, now=None):
        request = super().token_request(settings, auth, now)
        return Request(self.method, request.url, query=request.form)


def client_credentials(base_url, method, **names):
    """`Authorization: Bearer …` for the API at `base_url`, a function of the settings."""

    def token_url(settings):
        return f"{base_url(settings)}/identity/oauth/token"

    grant = QueryGrant(token_url, grant="client_credentials", method=method, **names)
    return replace(oauth2(token_url), oauth=grant)


def answer_of(response):
    """Return an answer as a dict. Raises the DeliveryError that it means."""
    error = find_error(response)
    if error is not None:
        raise error
    answer = response.json()
    return answer if type(answer) is dict else {}


def find_error(response):
    """Return the DeliveryError for an answer of 200 that means no, or None."""
    answer = response.json()
    if type(answer) is not dict or answer.get("success") is not False:
        return None
    code, said = _first(answer.get("errors"))
    if not code:
        return ServerFault("Marketo failed, and did not say why", status=500)
    if code in WRONG_TOKEN:
        return Unauthorized(said, status=401)
    if code == "603":
        return Unauthorized(said, status=403)
    if code in TOO_MUCH:
        return Throttled(said, status=429, retry_after_s=20 if code == "606" else None)
    if code in PASSING:
        return ServerFault(said, status=500)
    return Rejected(said, status=406)


def find_record_error(record):
    """Return the DeliveryError for one record of an answer, or None."""
    if type(record) is not dict or not (record.get("reasons") or record.get("errors")):
        return None
    return Rejected(_first(record.get("reasons") or record["errors"])[1], status=400)


def read_answer(response, payloads):
    error = find_error(response)
    return None if error is None else [error] * len(payloads)


def check_answer(response):
    error = find_error(response)
    if error is not None:
        return str(error)
    return None if 200 <= response.status < 300 else ""


def _first(problems):
    """Return the code of the first problem and what is said about it."""
    problem = problems[0] if type(problems) is list and problems else None
    if type(problem) is not dict:
        return "", "Marketo refused, and did not say why"
    code = text_of(problem.get("code"))
    return code, f"Marketo refused: {code} {text_of(problem.get('message'))}".rstrip()
