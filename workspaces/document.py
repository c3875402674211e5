"""YAML that knows its lines: what `apply` reads, piece by piece, and what `dump` writes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from .setting import Setting, SettingsError, clean_values

_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")


class DeclaredError(Exception):
    """The file cannot be used. `line` and `place` say where."""

    def __init__(self, message: str, line: int, place: str = ""):
        self.message, self.line, self.place = message, line, place
        super().__init__(f"line {line}: {place}: {message}" if place else f"line {line}: {message}")


class _Loader(yaml.SafeLoader):
    """YAML 1.2's idea of plain words: `no` is text, 010 is text, 2026-01-01 is text."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9]\d*)", "-+0123456789"),
    ("float", r"[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    whole = re.compile(f"(?:{pattern})$", re.ASCII)
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", whole, [*first])


@dataclass(frozen=True)
class Part:
    """A piece of the file: a YAML node, and where it stands."""

    node: yaml.Node
    place: str
    file: "_File"

    @property
    def line(self) -> int:
        return self.node.start_mark.line + 1

    def error(self, message: str) -> DeclaredError:
        return DeclaredError(message, self.line, self.place)

    def fields(self, required: tuple = (), optional: tuple = ()) -> dict[str, "Part"]:
        """Return the members of an object. Raises DeclaredError for other keys than these."""
        found = dict(self._members())
        for name, part in found.items():
            if name not in required and name not in optional:
                known = ", ".join([*required, *optional])
                raise part.error(f"There is no such key. Known here: {known}.")
        for name in required:
            if name not in found:
                raise self.error(f"`{name}` is missing.")
        return found

    def member(self, name: str) -> "Part":
        for found, part in self._members():
            if found == name:
                return part
        raise self.error(f"`{name}` is missing.")

    def is_object(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def empty(self, name: str) -> "Part":
        """Return an empty object, in the place of a member that was left out."""
        mark = self.node.start_mark
        node = yaml.MappingNode("tag:yaml.org,2002:map", [], mark, mark)
        return Part(node, f"{self.place}.{name}", self.file)

    def items(self) -> list["Part"]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("This has to be a list.")
        return [
            Part(node, f"{self.place}[{index}]", self.file)
            for index, node in enumerate(self.node.value)
        ]

    def data(self):
        """Return the piece as JSON data, with `!env NAME` replaced."""
        if isinstance(self.node, yaml.MappingNode):
            return {name: part.data() for name, part in self._members()}
        if isinstance(self.node, yaml.SequenceNode):
            return [part.data() for part in self.items()]
        return self.file.scalar(self)

    def text(self, most: int = 100) -> str:
        """Return text of 1 to `most` characters."""
        value = self.data()
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise self.error("This has to be text.")
        text = str(value)
        if not 0 < len(text) <= most or "\0" in text:
            raise self.error(f"This has to be text of 1 to {most} characters.")
        return text

    def slug(self) -> str:
        value = self.text()
        if not _SLUG.fullmatch(value):
            raise self.error("This may hold letters, digits, - and _, 50 of them at most.")
        return value

    def flag(self) -> bool:
        value = self.data()
        if not isinstance(value, bool):
            raise self.error("This has to be true or false.")
        return value

    def object(self) -> dict:
        value = self.data()
        if not isinstance(value, dict):
            raise self.error("This has to be an object.")
        return value

    def settings(self, definitions: list[Setting]) -> dict:
        """Return the values of settings, judged as the panel judges them."""
        values = self.object()
        try:
            return clean_values(definitions, values)
        except SettingsError as error:
            name, message = next(iter(error.errors.items()))
            parts = dict(self._members())
            raise parts.get(name, self).error(
                message if name in parts else f"{name}: {message}"
            ) from error

    def _members(self) -> Iterator[tuple[str, "Part"]]:
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("This has to be an object.")
        self.file.loader.flatten_mapping(self.node)
        seen = set()
        for key, node in self.node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is None or key.tag != "tag:yaml.org,2002:str":
                raise DeclaredError("A key has to be text.", key.start_mark.line + 1, self.place)
            place = f"{self.place}.{name}" if self.place else name
            if name in seen:
                raise DeclaredError("This key is there twice.", key.start_mark.line + 1, place)
            seen.add(name)
            yield name, Part(node, place, self.file)


class _File:
    """What all parts of a file share: YAML's own constructors, and the environment."""

    def __init__(self, loader: _Loader, environment: Mapping[str, str]):
        self.loader, self.environment = loader, environment

    def scalar(self, part: Part):
        tag = part.node.tag
        if tag == "!env":
            name = part.node.value.strip()
            if name not in self.environment:
                raise part.error(f"The environment variable {name} is not set.")
            return self.environment[name]
        if tag.startswith("!"):
            raise part.error(f"The tag {tag} is unknown; there is only `!env NAME`.")
        return self.loader.construct_object(part.node)


def slugs(parts: list[Part]) -> list[str]:
    """Return the slugs of a list of things. Raises DeclaredError for one that is there twice."""
    found = []
    for part in parts:
        slug = part.member("slug").slug()
        if slug in found:
            raise part.member("slug").error("This slug is there twice.")
        found.append(slug)
    return found


def read(text: str, environment: Mapping[str, str]) -> Part:
    """Return the whole file as a Part. Raises DeclaredError for what is no YAML."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DeclaredError(error.problem or "This is no YAML.", mark.line + 1) from error
    except yaml.YAMLError as error:
        raise DeclaredError(f"This is no YAML: {error}".splitlines()[0], 1) from error
    if node is None:
        raise DeclaredError("The file is empty.", 1)
    _refuse_loops(node, ())
    return Part(node, "", _File(loader, environment))


def _refuse_loops(node, above):
    if node in above:
        raise DeclaredError("This refers to itself.", node.start_mark.line + 1)
    if isinstance(node, yaml.CollectionNode):
        for child in node.value:
            for each in child if isinstance(child, tuple) else (child,):
                _refuse_loops(each, (*above, node))


class Env(str):
    """The name of an environment variable, written `!env NAME`."""


class _Dumper(yaml.SafeDumper):
    # What either version of YAML would take for something else than text is quoted.
    yaml_implicit_resolvers = {
        first: [
            *yaml.SafeDumper.yaml_implicit_resolvers.get(first, []),
            *_Loader.yaml_implicit_resolvers.get(first, []),
        ]
        for first in {**yaml.SafeDumper.yaml_implicit_resolvers, **_Loader.yaml_implicit_resolvers}
    }

    def ignore_aliases(self, data):
        return True

    def choose_scalar_style(self):
        return "" if self.event.tag == "!env" else super().choose_scalar_style()


_Dumper.add_representer(Env, lambda dumper, name: dumper.represent_scalar("!env", str(name)))


def write(document: dict | list) -> str:
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
