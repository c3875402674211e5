"""The forms of a destination. Its settings are drawn by workspaces/setting_form.py."""

import json

from django import forms

from sources.language.filters import InvalidFilter, compile_filters

from .models import Filter


class DestinationForm(forms.Form):
    """What every destination has, whatever the tool."""

    name = forms.CharField(max_length=100)
    sources = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Events of these sources are sent, from now on.",
    )
    enabled = forms.BooleanField(
        required=False,
        initial=True,
        label="Switch on now",
        help_text="A destination that is off keeps its place: nothing is lost meanwhile.",
    )

    def __init__(self, workspace, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = workspace.sources.all()


class SourcesForm(forms.Form):
    sources = forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, workspace, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = workspace.sources.all()


class NameForm(forms.Form):
    name = forms.CharField(max_length=100)


class CategoriesField(forms.CharField):
    """Ids of consent categories with commas between; in Python a list."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [each.strip() for each in super().to_python(value).split(",") if each.strip()]


class DestinationSettingsForm(NameForm):
    consent = CategoriesField(
        required=False,
        label="Consent categories",
        max_length=1_000,
        help_text="Ids with commas between, such as advertising. An event that carries a choice is "
        "sent only if it says yes to all of them. Empty: consent is not asked.",
    )


class JSONTextField(forms.CharField):
    """An object typed as JSON; its value in Python is the dict."""

    widget = forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "mono"})

    def prepare_value(self, value):
        if isinstance(value, dict):
            return json.dumps(value, indent=2, ensure_ascii=False)
        return value

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return {}
        try:
            parsed = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(f"This is not JSON: {error}") from error
        if not isinstance(parsed, dict):
            raise forms.ValidationError("This has to be an object: { … }.")
        return parsed


def _refuse_constant(name):
    raise ValueError(f"{name} is not part of JSON")


class FilterForm(forms.ModelForm):
    """The options of a filter, in words: a share in per cent, properties by their paths."""

    percent = forms.FloatField(
        required=False,
        min_value=0,
        max_value=100,
        label="Share to send, in per cent",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    path = forms.CharField(
        required=False,
        max_length=200,
        label="Decide by",
        help_text="A path such as userId: all events with one value are treated alike. "
        "Empty: each event for itself.",
    )
    properties = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "mono"}),
        help_text="One path a line, such as properties.email or context.ip.",
    )

    class Meta:
        model = Filter
        fields = ["name", "condition", "action"]
        labels = {"condition": "The condition as text (FQL)"}
        widgets = {
            "condition": forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
            "action": forms.RadioSelect,
        }
        help_texts = {"condition": "Such as event = 'Login' and context.ip != null; or all."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        options = self.instance.options
        if "percent" in options:
            share = round(options["percent"] * 100, 6)
            self.initial["percent"] = int(share) if share == int(share) else share
        for name in ("percent", "properties"):
            self.fields[name].must = True  # where it is shown it is needed
        self.initial["path"] = options.get("path", "")
        self.initial["properties"] = "\n".join(
            f"{parent}.{key}" if parent else key
            for parent, keys in options.get("fields", {}).items()
            for key in keys
        )

    def clean(self):
        cleaned = super().clean()
        action, condition = cleaned.get("action"), cleaned.get("condition")
        if condition is not None:
            self._try({"if": condition, "action": "drop"}, "condition")
        options = {}
        if action == Filter.Action.SAMPLE:
            if cleaned.get("percent") is None and "percent" not in self.errors:
                self.add_error("percent", "This is required.")
            options = {"percent": (cleaned.get("percent") or 0) / 100}
            if cleaned.get("path"):
                options["path"] = cleaned["path"]
        elif action in {Filter.Action.DROP_PROPERTIES, Filter.Action.ALLOW_PROPERTIES}:
            options = {"fields": _by_parent(cleaned.get("properties", ""))}
            if not options["fields"]:
                self.add_error("properties", "Name at least one property.")
        if action and not self.errors:
            self._try({"if": "all", "action": action, **options}, None)
        self.instance.options = options
        return cleaned

    def _try(self, definition, field):
        try:
            compile_filters([definition])
        except InvalidFilter as error:
            self.add_error(field, f"{error.message[:1].upper()}{error.message[1:]}.")


def _by_parent(lines: str) -> dict[str, list[str]]:
    """Return {"properties": ["email"]} for "properties.email"."""
    found: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        parent, _, key = line.rpartition(".")
        found.setdefault(parent, []).append(key)
    return found


class ReplayForm(forms.Form):
    """Both moments are UTC, as everything the panel shows."""

    since = forms.DateTimeField(
        label="From",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    until = forms.DateTimeField(
        label="To",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since >= until:
            self.add_error("until", "This has to be after the first moment.")
        return self.cleaned_data


class TestEventForm(forms.Form):
    __test__ = False  # not for pytest

    event = JSONTextField()
