"""What the errors of Facebook's Graph API mean, most of which come with status 400.

https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/documentation/ads-commerce/marketing-api/error-reference (read
2026-11-25). Of the codes for too many calls, 80000 and 80003 are from memory.
"""

from destinations.integration import ServerFault, Throttled, Unauthorized

TOO_MANY_CALLS = (4, 17, 32, 341, 613, 80000, 80003, 80004)
TEMPORARY = (1, 2)
TOKEN_INVALID = (102, 190)


def problem_in(response):
    """Return the error that an answer's code stands for; None leaves it to the status."""
    answer = response.json()
    error = answer.get("error") if type(answer) is dict else None
    if response.status < 400 or type(error) is not dict:
        return None
    details = (error.get(name) for name in ("error_user_title", "error_user_msg"))
    said = ": ".join(filter(None, (error.get("message"), *details)))
    said = f"Facebook answered {response.status}: {said}"[:500]
    if error.get("code") in TOO_MANY_CALLS:
        return Throttled(said, status=response.status)
    if error.get("code") in TEMPORARY or error.get("is_transient") is True:
        return ServerFault(said, status=response.status)
    if error.get("code") in TOKEN_INVALID:
        return Unauthorized(said, status=response.status)
    return None
