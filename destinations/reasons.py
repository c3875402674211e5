"""What the code of an outcome means, and what a person can do about it."""

from .models import Outcome

ADVICE = {
    # Not meant for the destination.
    "FILTERED_BY_RULES": "A filter of this destination leaves these events out.",
    "FILTERED_BY_INTEGRATIONS_OBJECT": (
        "The event itself says in `integrations` that it is not for this tool."
    ),
    "FILTERED_BY_END_USER_CONSENT": (
        "The person has not consented to a category that this destination belongs to."
    ),
    "NO_MATCHING_MAPPING": (
        "No subscription that is on wants these events. Add one, or widen a trigger."
    ),
    "FILTERED_AT_MAPPING": "The mapping gave nothing to send.",
    "UNSUPPORTED_EVENT_TYPE": "The tool has no use for events of this type.",
    # Failed before anything was sent.
    "PAYLOAD_VALIDATION_FAILED": (
        "A field that the tool needs is missing or wrong. Look at one event, then mend the mapping "
        "or what the source sends, and retry."
    ),
    "INVALID_SETTINGS": "Look through the settings of this destination, then retry.",
    "PRIVATE_ADDRESS": "The operator of this server has to allow private addresses first.",
    "INVALID_AUTHENTICATION": "The tool does not accept the credentials. Enter them again, retry.",
    "OAUTH_REFRESH_FAILED": "The tool no longer trusts this connection. Connect it anew.",
    "OAUTH_NOT_CONNECTED": "Nobody has connected this destination yet. Do so in its settings.",
    "INTERNAL": "An error of Switchyard's own. The server's log says more; please report it.",
    "EVENT_GONE": "The event is older than what the log keeps.",
    # No answer.
    "ENOTFOUND": "The host name is not known. Look at the URL in the settings.",
    "ECONNREFUSED": "Nothing listens there. Look at the URL, or wait for the tool.",
    "ECONNRESET": "The tool closed the connection.",
    "ECONNABORTED": "The connection broke off.",
    "EHOSTUNREACH": "There is no way to the tool's network.",
    "ETIMEDOUT": "The tool did not answer in time.",
    "TLS_ERROR": "The tool's certificate is not valid for its name.",
    "TOO_MANY_REDIRECTS": "The tool redirects in a circle. Look at the URL in the settings.",
    # Answers.
    "400": "The tool refuses the content. Open one to read its answer.",
    "401": "The tool does not accept the credentials. Enter them again, then retry.",
    "403": "The credentials may not do this. Look at their rights in the tool, then retry.",
    "404": "The tool does not know the address or the object. Look at the settings.",
    "413": "The request was too large. Send smaller batches.",
    "422": "The tool refuses the content. Open one to read its answer.",
    "429": "The tool asks for fewer requests.",
}


def advice(outcome: str, code: str) -> str:
    """Return sentences for people, empty where there is nothing sensible to say."""
    known = ADVICE.get(code, "")
    if outcome == Outcome.FILTERED:
        return known or "These events are not meant for this destination."
    if outcome == Outcome.RETRIED:
        return f"{known} It is tried again by itself, for up to four hours.".strip()
    if outcome == Outcome.EXPIRED:
        return f"{known} It was tried for four hours. Retry when the tool is back.".strip()
    return known
