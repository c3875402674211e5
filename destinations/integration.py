"""The words in which a catalogue file describes a tool.

    integration = Integration(slug="parcelpost", name="Parcelpost", …, settings=[…], presets=[…])

    @integration.action("Create or update a contact", trigger='type = "identify"', fields=[…])
    def upsert_contact(payload, settings):
        return Request("PUT", f"/lists/{settings['list_id']}/contacts", json=payload)

A builder takes (payload, settings) and, when it names them, the keyword-only `now` (aware
datetime), `auth` (what OAuth gave), `event` (the raw event), `mapping` (the subscription's, as it
is written) and `sync_mode`. It gives

- a Request, or a list of Requests sent one after the other; or
- it is a generator, for tools that must be asked something first: it yields Requests and receives
  their answers; a failing answer is raised inside it as a DeliveryError, which it may catch
  (`except Rejected as error: if error.status == 404: …`).

`@upsert_contact.batch` registers the builder of a batch: (payloads, settings), with `events` for
`event`. `@upsert_contact.answer` registers a reader of answers: (response, payloads) → a list with
None or a DeliveryError for each payload, or None to judge by the status alone. It is for partial
failures, and for tools that answer 200 and mean no.

Builders are pure: they never send, sleep, log or read the clock.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from destinations import hashing, signing
from destinations.auth import Auth, no_auth
from destinations.errors import (
    InvalidPayload,
    InvalidSettings,
    Rejected,
    ServerFault,
    Throttled,
    Unauthorized,
    UnknownAction,
    Unreachable,
    for_status,
)
from destinations.fields import (
    SYNC_MODE,
    Field,
    FromSetting,
    all_of,
    any_of,
    defaults_of,
    each,
    fields_but,
    first_of,
    path,
    required_if,
    setting,
    template,
)
from destinations.moments import epoch_ms, epoch_s, find_moment
from destinations.request import MASK, Request, Response, redact
from destinations.user_agents import parse_user_agent
from sources.language.values import UNSET, encode_json, json_text, text_of
from workspaces.setting import Setting

__all__ = [
    "CALL_TYPES",
    "SYNC_MODE",
    "UNSET",
    "Batch",
    "Field",
    "Integration",
    "InvalidPayload",
    "Preset",
    "Rejected",
    "Request",
    "Response",
    "ServerFault",
    "Setting",
    "Throttled",
    "Unauthorized",
    "Unreachable",
    "all_of",
    "any_of",
    "each",
    "encode_json",
    "epoch_ms",
    "epoch_s",
    "fields_but",
    "find_moment",
    "first_of",
    "for_status",
    "hashing",
    "json_text",
    "parse_user_agent",
    "path",
    "redact",
    "required_if",
    "setting",
    "signing",
    "template",
    "text_of",
]

CALL_TYPES = ("identify", "track", "page", "screen", "group", "alias")

_KEYWORDS = frozenset({"now", "auth", "event", "events", "mapping", "sync_mode"})


@dataclass(frozen=True, slots=True)
class Batch:
    """How many payloads one request may carry.

    `size` by default, never more than `max_size`; `bytes` of JSON; payloads of one batch agree in
    the fields `keys`. `enabled` is what holds when the mapping does not say.
    """

    size: int = 1000
    max_size: int = 1000
    bytes: int = 4_000_000
    keys: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Preset:
    """A subscription to start with. `mapping` changes the defaults of the action's fields."""

    name: str
    action: str
    trigger: str
    mapping: dict = field(default_factory=dict)


class Builder:
    """A builder's function and which of the optional keywords it names."""

    def __init__(self, function):
        self.function = function
        self.is_generator = inspect.isgeneratorfunction(function)
        named = inspect.signature(function).parameters.values()
        keywords = {one.name for one in named if one.kind is one.KEYWORD_ONLY}
        if keywords - _KEYWORDS:
            unknown = ", ".join(sorted(keywords - _KEYWORDS))
            raise TypeError(f"{function.__name__} asks for {unknown}")
        self.keywords = tuple(sorted(keywords))

    def __call__(self, payload, settings, available):
        if not self.keywords:
            return self.function(payload, settings)
        chosen = {name: available[name] for name in self.keywords}
        return self.function(payload, settings, **chosen)


class Action:
    """One kind of call to a tool. Made by `Integration.action`; calling it calls the builder."""

    def __init__(self, slug, label, build, trigger, fields, batching, help):
        self.slug = slug
        self.label = label
        self.trigger = trigger
        self.fields = tuple(fields)
        self.batching = batching
        self.help = help
        self.build = Builder(build)
        self.build_batch = None
        self.read_answer = None

    def __call__(self, payload, settings, **keywords):
        return self.build.function(payload, settings, **keywords)

    def __repr__(self):
        return f"<Action {self.slug}>"

    def batch(self, function):
        """Register the builder of batches."""
        if self.batching is None:
            self.batching = Batch()
        self.build_batch = Builder(function)
        return function

    def answer(self, function):
        """Register the reader of answers."""
        self.read_answer = function
        return function

    def default_mapping(self):
        """The mapping a new subscription starts with; holds no value of a setting."""
        return defaults_of(self.fields)

    def mapping_from_settings(self, settings):
        """The part of the mapping that the destination's settings give."""
        found = {}
        for one in self.fields:
            if type(one.default) is FromSetting:
                value = settings.get(one.default.name)
                if value is not None and value != "":
                    found[one.name] = value
        return found

    def masked_mapping(self, mapping):
        """Return a copy of `mapping` that can be shown: what is secret in it is masked."""
        secret = {one.name for one in self.fields if one.secret}
        return {name: MASK if name in secret and part else part for name, part in mapping.items()}


class SettingValues(dict):
    """The settings of a destination. Asking for one that is not set raises InvalidSettings."""

    def __missing__(self, name):
        raise InvalidSettings(f"the setting {name} is not set")


@dataclass(eq=False)
class Integration:
    """A tool. `names` are its names in an event's `integrations` object, case-sensitive.

    `base_url` is text or a function of the settings. `check` is a Request (or a function of the
    settings giving one) that succeeds when the credentials are right. A tool whose status does not
    say so has `check_answer`: it takes the Response and gives None when they are right, else what
    to tell the person ("" for the usual words). `delete_user` takes
    (user_id, settings) and gives the Request that forgets a person. A `transport` other than "http"
    belongs to sending/streams.py; it is the scheme of the requests' URLs. `storage` marks a store
    of raw data: neither consent nor an event's `integrations` object keeps anything from it.
    `concurrency` is how many requests the tool takes at a time, where it says so.
    `secret_parts` takes the settings and gives the texts that a builder reads out of a secret and
    sends apart.
    """

    slug: str
    name: str
    category: str
    docs_url: str
    base_url: str | Callable = ""
    auth: Auth = no_auth
    check: Request | Callable | None = None
    check_answer: Callable | None = None
    delete_user: Callable | None = None
    secret_parts: Callable | None = None
    settings: list[Setting] = field(default_factory=list)
    names: tuple[str, ...] = ()
    presets: list[Preset] = field(default_factory=list)
    description: str = ""
    transport: str = "http"
    storage: bool = False
    concurrency: int | None = None
    actions: dict[str, Action] = field(default_factory=dict, init=False)

    def __post_init__(self):
        self.names = tuple(self.names) or (self.name,)

    def __repr__(self):
        return f"<Integration {self.slug}>"

    def action(self, label, *, fields, slug=None, trigger="", batch=None, help=""):
        """Register the decorated builder as an action; its slug is the function's name."""

        def register(function):
            name = slug or function.__name__
            action = Action(name, label, function, trigger, fields, batch, help)
            self.actions[name] = action
            return action

        return register

    def get_action(self, slug):
        """Return the action. Raises UnknownAction."""
        try:
            return self.actions[slug]
        except KeyError:
            raise UnknownAction(f"{self.slug} has no action {slug}") from None

    def setting_values(self, values):
        """Return `values` under their proper names, with defaults where nothing is set.

        Not a judgement: whether they are right is for workspaces.setting.clean_values to say.
        """
        values = values or {}
        found = SettingValues()
        for one in self.settings:
            given = (values.get(name) for name in (one.name, *one.aliases))
            value = next((v for v in given if v is not None and v != ""), one.default)
            if value is not None or not one.required:
                found[one.name] = value
        return found

    def secrets(self, settings):
        """Return the texts among the settings that must never be shown."""
        values = self.setting_values(settings)
        secret = [values.get(one.name) for one in self.settings if one.secret]
        if self.secret_parts is not None:
            secret += self.secret_parts(values)
        return [text for value in secret for text in _texts(value) if text]

    def url(self, settings):
        """Return the base URL for these settings, without a slash at the end."""
        url = self.base_url(settings) if callable(self.base_url) else self.base_url
        return url.rstrip("/")

    def check_request(self, settings, *, now=None, auth=None):
        """Return the resolved Request that tests the credentials, or None if there is no test."""
        values = self.setting_values(settings)
        check = self.check(values) if callable(self.check) else self.check
        return None if check is None else self.resolve(check, values, auth, now)

    def credential_problem(self, response):
        """Return None when the answer to the check says that the credentials are right, else text
        for the person, empty when the status says it all."""
        if self.check_answer is not None:
            return self.check_answer(response)
        return None if 200 <= response.status < 300 else ""

    def resolve(self, request, settings, auth=None, now=None):
        """Return `request` with an absolute URL and the credentials; takes SettingValues."""
        if request.url.startswith("/"):
            request = replace(request, url=self.url(settings) + request.url)
        if self.auth is no_auth:
            return request
        return self.auth.sign(request, settings, auth, now)


def _texts(value):
    """Yield the texts of a setting's value: itself, or the members of a list or a map."""
    if type(value) is str:
        yield value
    elif type(value) is list or type(value) is dict:
        for member in value.values() if type(value) is dict else value:
            yield from _texts(member)
