"""A form drawn from a list of `Setting`: the panel's side of workspaces/setting.py.

    form = SettingForm(definitions, request.POST or None, stored=destination.settings)
    if form.is_valid():
        destination.settings = form.values

`clean_values` judges; the form only draws, and puts each complaint beside its field. A secret is
never drawn: its box is empty, and leaving it empty keeps what is stored.
"""

from django import forms

from .secrets import UnreadableSecret
from .setting import Setting, SettingsError, clean_values

REMOVE = "remove-"


def readable_settings(owner) -> dict:
    """Return `owner.settings`, or {} when they can no longer be decrypted: then the form is empty,
    and what is entered anew makes the destination or warehouse usable again."""
    try:
        return owner.settings
    except UnreadableSecret:
        return {}


class UnshownTextarea(forms.Textarea):
    """For secrets of several lines, such as a private key."""

    def format_value(self, value):
        return ""


class SettingForm(forms.Form):
    """`values` are the cleaned values of a valid form, secrets that were kept among them."""

    def __init__(self, definitions: list[Setting], data=None, stored: dict | None = None):
        self.definitions = definitions
        self.stored = stored or {}
        self.values: dict = {}
        super().__init__(data, prefix="setting")
        for setting in definitions:
            kept = setting.secret and self.stored.get(setting.name) not in (None, "")
            self.fields[setting.name] = _field(setting, kept, definitions)
            if not setting.secret:
                value = self.stored.get(setting.name, setting.default)
                self.initial[setting.name] = _shown(setting, value)
            if kept and not setting.required:
                self.fields[REMOVE + setting.name] = forms.BooleanField(
                    required=False, label=f"Remove the stored {setting.title}"
                )

    def clean(self):
        given = {setting.name: self._given(setting) for setting in self.definitions}
        try:
            self.values = clean_values(self.definitions, given)
        except SettingsError as error:
            for name, message in error.errors.items():
                self.add_error(name if name in self.fields else None, message)
        return self.cleaned_data

    def _given(self, setting):
        value = self.cleaned_data.get(setting.name)
        if not setting.secret:
            return _chosen(setting, value)
        if self.cleaned_data.get(REMOVE + setting.name):
            return None
        return value or self.stored.get(setting.name)


def _field(setting: Setting, kept: bool, definitions) -> forms.Field:
    if setting.type == "boolean":
        return forms.BooleanField(
            required=False, label=setting.title, help_text=_help(setting, kept, definitions)
        )
    field = forms.CharField(
        required=False,
        label=setting.title,
        help_text=_help(setting, kept, definitions),
        widget=_widget(setting),
        strip=setting.type != "text",
    )
    # Not `required` on the field: that `clean_values` judges. The browser may say so beforehand,
    # but for a setting that counts only beside another one.
    if setting.required and not kept and setting.depends_on is None:
        field.widget.attrs["required"] = True
    # What the template takes for “not optional”: a choice that has a default is made anyway.
    field.must = setting.required or setting.default is not None
    return field


def _widget(setting: Setting) -> forms.Widget:
    many_lines = setting.type in {"text", "list", "map"}
    attrs = {"spellcheck": "false"}
    if setting.secret:
        attrs["autocomplete"] = "new-password"
        if many_lines:
            return UnshownTextarea({**attrs, "rows": 4})
        return forms.PasswordInput(attrs, render_value=False)
    if setting.type == "select":
        pairs = [(str(value), label) for value, label in setting.choice_pairs()]
        blank = [] if setting.default is not None else [("", "Choose one")]
        return forms.Select(choices=blank + pairs)
    if many_lines:
        return forms.Textarea({**attrs, "rows": 4})
    if setting.type == "number":
        limits = {"min": setting.minimum, "max": setting.maximum}
        limits = {name: f"{value:g}" for name, value in limits.items() if value is not None}
        return forms.NumberInput({"step": "any", **limits})
    return forms.URLInput(attrs) if setting.type == "url" else forms.TextInput(attrs)


def _help(setting: Setting, kept: bool, definitions) -> str:
    sentences = [setting.help]
    if setting.type == "list":
        sentences.append("One entry a line.")
    if setting.type == "map":
        sentences.append("One entry a line, as name: value.")
    if setting.depends_on is not None:
        name, value = setting.depends_on
        other = next((each for each in definitions if each.name == name), None)
        sentences.append(f"Counts only when “{_title(other, name)}” is {_label(other, value)}.")
    if kept:
        sentences.append("One is stored; leave this empty to keep it.")
    return " ".join(
        each if each.endswith((".", "?", "!")) else f"{each}." for each in sentences if each
    )


def _title(setting, name):
    return setting.title if setting else name


def _label(setting, value):
    if value is True or value is False:
        return "on" if value else "off"
    labels = dict(setting.choice_pairs()) if setting else {}
    return f"“{labels.get(value, value)}”"


def _shown(setting: Setting, value):
    """Return a stored value as its box shows it."""
    if setting.type == "list" and isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    if setting.type == "map" and isinstance(value, dict):
        return "\n".join(f"{name}: {each}" for name, each in value.items())
    return value


def _chosen(setting: Setting, value):
    """Return what was posted; of a choice, the value itself and not its spelling."""
    if setting.type == "select":
        spelled = {str(choice): choice for choice, _ in setting.choice_pairs()}
        return spelled.get(value, value)
    return value
