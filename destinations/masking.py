"""Secrets in a mapping: shown as a mask, and put back when the mask comes back.

Some tools keep a secret in a field of their action, such as the URL of a chat's webhook.
"""

from .request import MASK


def mask(action, mapping: dict) -> dict:
    """Return a copy of `mapping` that can be shown. Without an `action` everything is masked."""
    secret = _secret_names(action, mapping)
    return {
        name: MASK if name in secret and value not in (None, "") else value
        for name, value in mapping.items()
    }


def unmask(action, mapping: dict, stored: dict) -> dict:
    """Return `mapping` with what is stored in the place of each mask.

    Raises ValueError for a mask with nothing behind it.
    """
    secret = _secret_names(action, mapping)
    found = {}
    for name, value in mapping.items():
        if name in secret and value == MASK:
            if name not in stored:
                raise ValueError(f"{name} is a mask, but nothing is stored behind it.")
            value = stored[name]
        found[name] = value
    return found


def _secret_names(action, mapping):
    if action is None:
        return set(mapping)
    return {each.name for each in action.fields if each.secret}
