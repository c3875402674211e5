"""The fields of an action, and how their values are found by default.

    Field("email", "string", path("$.traits.email"), required=True, format="email")
    Field("products", "object", each("$.properties.products"), multiple=True,
          properties=[Field("price", "number", path("$.price"))])
    Field("reason", required=required_if("status", "is", "lost"))

A default is a mapping (see language/mapping.py) or, with `setting("name")`, the value of a setting.
What happens to a value on its way into a payload is in cleaning.py.
"""

import re
from dataclasses import dataclass, field, replace

from sources.language.values import UNSET

TYPES = ("string", "text", "password", "number", "integer", "boolean", "datetime", "object")

FORMATS = (
    "date",
    "time",
    "date-time",
    "uri",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "regex",
    "uuid",
)

# The name under which a condition sees the sync mode of the mapping.
SYNC_MODE = "@syncMode"


@dataclass(frozen=True, slots=True)
class Condition:
    """When a field is required: `all` or `any` of (field, "is" | "is_not", value).

    The value UNSET means "nothing there"; a tuple of values means "one of these".
    """

    terms: tuple
    match: str = "all"

    def holds(self, payload, sync_mode=None):
        """Whether the condition is met by a cleaned payload."""
        results = (_term_holds(term, payload, sync_mode) for term in self.terms)
        return any(results) if self.match == "any" else all(results)


def _term_holds(term, payload, sync_mode):
    name, operator, wanted = term
    value = sync_mode if name == SYNC_MODE else payload.get(name, UNSET)
    if value is None:
        value = UNSET
    if value is UNSET and wanted is not UNSET:
        return False  # what is not there is not "not" something either
    matches = value in wanted if type(wanted) is tuple else value == wanted
    return matches if operator == "is" else not matches


def required_if(name, operator, value=UNSET):
    """Required when another field is (or is not) a value. See `any_of` for several."""
    return Condition(((name, operator, value),))


def all_of(*conditions):
    return Condition(tuple(term for each in conditions for term in each.terms), "all")


def any_of(*conditions):
    return Condition(tuple(term for each in conditions for term in each.terms), "any")


@dataclass(frozen=True, slots=True)
class FromSetting:
    """A default that is the value of a setting. It never enters a stored mapping, so that a
    secret stays where secrets are kept."""

    name: str


@dataclass(frozen=True, slots=True)
class EachOf:
    """A default that takes every item of a list through the defaults of the sub-fields."""

    path: str


def path(where):
    """The value at `where`, such as "$.traits.email"."""
    return {"@path": where if where.startswith("$.") else f"$.{where}"}


def template(text):
    """Text with {{paths}}."""
    return {"@template": text}


def first_of(first, *others):
    """The first of these paths where there is something."""
    node = path(first) if type(first) is str else first
    if not others:
        return node
    return {"@if": {"exists": node, "then": node, "else": first_of(*others)}}


def setting(name):
    return FromSetting(name)


def each(where):
    return EachOf(where)


@dataclass(frozen=True, slots=True)
class Field:
    """One value that an action takes.

    `required` is True, False or a Condition. `multiple` makes it a list of `type`. An object with
    `properties` keeps those members only, unless `additional_properties`; one without keeps all.
    `choices` are values or (value, label) pairs. `minimum` and `maximum` bound a number, or the
    length of a text. A `hidden` field is not shown, but mapped all the same. `secret` marks a
    value that is never shown.
    """

    name: str
    type: str = "string"
    default: object = UNSET
    required: bool | Condition = False
    multiple: bool = False
    properties: tuple["Field", ...] = ()
    additional_properties: bool = False
    choices: tuple = ()
    format: str = ""
    minimum: float | None = None
    maximum: float | None = None
    allow_null: bool = False
    hidden: bool = False
    secret: bool = False
    label: str = ""
    help: str = field(default="", compare=False)

    def __post_init__(self):
        if self.type not in TYPES:
            raise ValueError(f"{self.name}: a field's type is one of {', '.join(TYPES)}")
        if self.format and self.format not in FORMATS:
            raise ValueError(f"{self.name}: a field's format is one of {', '.join(FORMATS)}")
        object.__setattr__(self, "properties", tuple(self.properties))
        object.__setattr__(self, "choices", tuple(self.choices))

    @property
    def title(self):
        words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", self.name).replace("_", " ")
        return self.label or words.capitalize()

    def choice_values(self):
        return tuple(each[0] if type(each) is tuple else each for each in self.choices)

    def with_(self, **changes):
        """A copy with other attributes, for actions that are "as that one, but"."""
        return replace(self, **changes)

    def default_mapping(self):
        """The mapping this field starts with, or UNSET. A default from a setting is left out."""
        if type(self.default) is FromSetting:
            return UNSET
        if type(self.default) is EachOf:
            return {"@arrayPath": [self.default.path, defaults_of(self.properties)]}
        if self.default is not UNSET or self.multiple:
            return self.default
        return defaults_of(self.properties) or UNSET


def defaults_of(fields):
    """Return the default mapping of several fields as one object."""
    found = {each.name: each.default_mapping() for each in fields}
    return {name: mapping for name, mapping in found.items() if mapping is not UNSET}


def fields_but(fields, *names):
    """Return `fields` without the named ones. Raises KeyError for a name that is not there."""
    unknown = set(names) - {each.name for each in fields}
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    return [each for each in fields if each.name not in names]
