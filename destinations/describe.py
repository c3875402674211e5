"""A tool's page for the docs, drawn from its definition. Pure."""

from sources.language.values import UNSET, encode_json

from .fields import Condition, FromSetting
from .integration import Action, Field, Integration
from .translation import default_subscriptions


def page(tool: Integration) -> str:
    """Return Markdown: settings, subscriptions at the start, and the fields of each action."""
    presets = default_subscriptions(tool)
    parts = [
        f"# {tool.name}",
        tool.description,
        f"`{tool.slug}` · {tool.category} · in an event's `integrations`: "
        + ", ".join(f"`{name}`" for name in tool.names)
        + f" · [its own documentation]({tool.docs_url})",
        "## Settings",
        _table(["setting", "type", "", "default", ""], map(_setting, tool.settings))
        if tool.settings
        else "None.",
        "## Subscriptions it starts with",
        _table(
            ["name", "trigger", "action"],
            [(each.name, _code(each.trigger), _code(each.action)) for each in presets],
        )
        if presets
        else "None: they are made by hand.",
        *(part for action in tool.actions.values() for part in _action(action)),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def index(tools: list[Integration]) -> str:
    """Return the list of all tools by category."""
    parts = [
        "# The catalogue",
        f"{len(tools)} tools. Each page is drawn from the tool's definition.",
    ]
    for category in sorted({tool.category for tool in tools}):
        lines = [
            f"- [{tool.name}]({tool.slug}.md): {tool.description}"
            for tool in sorted(tools, key=lambda tool: tool.name.lower())
            if tool.category == category
        ]
        parts += [f"## {category.replace('-', ' ').capitalize()}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _setting(setting):
    need = "required" if setting.required else ""
    kind = "secret" if setting.secret else setting.type
    default = "" if setting.default is None else _code(encode_json(setting.default).decode())
    choices = ", ".join(_code(str(value)) for value, _ in setting.choice_pairs())
    about = ". ".join(part.rstrip(".") for part in (setting.title, setting.help) if part)
    return _code(setting.name), kind, need, default, f"{about}{choices and ': '}{choices}"


def _action(action: Action):
    yield f"## {action.label}"
    batch = action.batching
    told = f", batches of up to {batch.max_size:,}" if batch else ""
    trigger = f", suggested for {_code(action.trigger)}" if action.trigger else ""
    yield f"`{action.slug}`{trigger}{told}. {action.help}"
    shown = [field for field in action.fields if not field.hidden]
    if shown:
        yield _table(["field", "type", "", "from", ""], map(_field, shown))


def _field(field: Field):
    kind = f"list of {field.type}" if field.multiple else field.type
    need = "required if" if isinstance(field.required, Condition) else ""
    need = "required" if field.required is True else need
    default = field.default
    if isinstance(default, FromSetting):
        source = f"the setting {_code(default.name)}"
    else:
        source = "" if default is UNSET else _code(encode_json(default).decode())
    return _code(field.name), kind, need, source, field.help


def _code(text: str) -> str:
    return f"`{text.replace('|', '&#124;')}`" if text else ""


def _table(heads: list[str], rows) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace(chr(10), ' ') for cell in row)} |" for row in lines
    )
