"""The words in which a tool or a warehouse says what a person has to fill in.

A form is drawn from a list of `Setting`; `clean_values` is the one place that judges the values,
whether they come from that form or from a file.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

TYPES = ("string", "text", "url", "number", "boolean", "select", "list", "map")


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to fill in. `choices` are (value, label) pairs or plain values.

    `depends_on` is (name, value): the setting counts only while that other one has that value.
    `aliases` are other names under which files may give it.
    """

    name: str
    label: str = ""
    type: str = "string"
    required: bool = False
    secret: bool = False
    default: object = None
    help: str = ""
    choices: tuple = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    depends_on: tuple[str, object] | None = None
    aliases: tuple[str, ...] = ()

    def __post_init__(self):
        if self.type not in TYPES:
            raise ValueError(f"{self.name}: a setting's type is one of {', '.join(TYPES)}")

    @property
    def title(self) -> str:
        return self.label or self.name

    def choice_pairs(self) -> list[tuple]:
        return [
            choice if isinstance(choice, tuple) else (choice, choice) for choice in self.choices
        ]


class SettingsError(ValueError):
    """Values that cannot be used. `errors` maps a setting's name to what is wrong with it."""

    def __init__(self, errors: dict[str, str]):
        self.errors = errors
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))


def clean_values(definitions: list[Setting], values: dict) -> dict:
    """Return the values with defaults filled in and types made right.

    Raises SettingsError that names every wrong one, unknown names among them.
    """
    values = _unaliased(definitions, values)
    names = {setting.name for setting in definitions}
    errors = {name: "There is no such setting." for name in values if name not in names}
    cleaned = {}
    for setting in definitions:
        try:
            value = _clean(setting, values.get(setting.name))
        except ValueError as error:
            errors[setting.name] = str(error)
            continue
        if value is not None:
            cleaned[setting.name] = value
    for setting in definitions:
        missing = setting.name not in cleaned and setting.name not in errors
        if setting.required and missing and _applies(setting, cleaned):
            errors[setting.name] = "This is required."
    if errors:
        raise SettingsError(errors)
    return cleaned


def _unaliased(definitions, values):
    names = {alias: setting.name for setting in definitions for alias in setting.aliases}
    return {names.get(name, name): value for name, value in values.items()}


def _applies(setting, cleaned):
    return setting.depends_on is None or cleaned.get(setting.depends_on[0]) == setting.depends_on[1]


def _clean(setting: Setting, value):
    if value is None or value == "":
        value = setting.default
    if value is None or value == "":
        return None
    return _CLEANERS[setting.type](setting, value)


def _clean_string(setting, value):
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("This has to be text.")
    text = str(value).strip() if setting.type != "text" else str(value)
    if "\x00" in text or (setting.type != "text" and re.search(r"[\r\n]", text)):
        raise ValueError("This may not hold line breaks or control characters.")
    if setting.pattern and not re.fullmatch(setting.pattern, text):
        raise ValueError(f"This does not look right. {setting.help}".strip())
    return text


def _clean_url(setting, value):
    text = _clean_string(setting, value)
    try:
        parts = urlsplit(text)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or re.search(r"\s", text):
        raise ValueError("This has to be a URL that starts with https:// or http://.")
    if parts.username or parts.password:
        raise ValueError("A URL may not hold a user name or a password.")
    return text


def _clean_number(setting, value):
    if isinstance(value, bool):
        raise ValueError("This has to be a number.")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError("This has to be a number.") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("This has to be a number.")
    if setting.minimum is not None and number < setting.minimum:
        raise ValueError(f"This has to be at least {setting.minimum:g}.")
    if setting.maximum is not None and number > setting.maximum:
        raise ValueError(f"This has to be at most {setting.maximum:g}.")
    return int(number) if number.is_integer() else number


def _clean_boolean(setting, value):
    if isinstance(value, bool):
        return value
    if str(value).lower() in {"true", "on", "1", "yes"}:
        return True
    if str(value).lower() in {"false", "off", "0", "no"}:
        return False
    raise ValueError("This has to be on or off.")


def _clean_select(setting, value):
    allowed = [pair[0] for pair in setting.choice_pairs()]
    if value not in allowed:
        raise ValueError(f"This has to be one of: {', '.join(map(str, allowed))}.")
    return value


def _clean_list(setting, value):
    items = value.splitlines() if isinstance(value, str) else value
    if not isinstance(items, list) or not all(
        isinstance(item, str | int | float) for item in items
    ):
        raise ValueError("This has to be a list, one entry a line.")
    return [str(item).strip() for item in items if str(item).strip()]


def _clean_map(setting, value):
    if isinstance(value, str):
        lines = [line for line in value.splitlines() if line.strip()]
        if not all(":" in line for line in lines):
            raise ValueError("Write one entry a line, as name: value.")
        value = dict(line.split(":", 1) for line in lines)
    if not isinstance(value, dict):
        raise ValueError("This has to be a list of names and values.")
    return {str(key).strip(): str(item).strip() for key, item in value.items()}


_CLEANERS = {
    "string": _clean_string,
    "text": _clean_string,
    "url": _clean_url,
    "number": _clean_number,
    "boolean": _clean_boolean,
    "select": _clean_select,
    "list": _clean_list,
    "map": _clean_map,
}


def public_values(definitions: list[Setting], values: dict) -> dict:
    """Return the values without the secret ones: what may be shown."""
    secret = {setting.name for setting in definitions if setting.secret}
    return {name: value for name, value in values.items() if name not in secret}
