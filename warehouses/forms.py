"""The forms of a warehouse. Its settings are drawn by workspaces/setting_form.py."""

from django import forms

from sources.declared import dump_filter, get_filters
from workspaces.document import DeclaredError, read, write

from .models import validate_schedule
from .schedule import MANUAL

SCHEDULES = {
    MANUAL: "Only when asked to",
    "5m": "Every 5 minutes",
    "15m": "Every 15 minutes",
    "30m": "Every 30 minutes",
    "1h": "Every hour",
    "6h": "Every 6 hours",
    "12h": "Every 12 hours",
    "1d": "Once a day",
}


class FiltersField(forms.CharField):
    """Filters as the file of `apply` writes them, a list in YAML; in Python the definitions."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "mono"})

    def prepare_value(self, value):
        if isinstance(value, list):
            return write([dump_filter(each) for each in value]).strip() if value else ""
        return value

    def to_python(self, value):
        text = super().to_python(value)
        try:
            return get_filters(read(text, {})) if text else []
        except DeclaredError as error:
            raise forms.ValidationError(str(error)) from error


class WarehouseForm(forms.Form):
    """What every warehouse has, whatever its kind."""

    name = forms.CharField(max_length=100)
    schedule = forms.ChoiceField(
        label="Load it", initial="1h", help_text="Everything new since the last time is loaded."
    )
    sources = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Each source gets a schema of its own. One that is left out keeps its tables.",
    )
    enabled = forms.BooleanField(
        required=False,
        initial=True,
        label="On",
        help_text="A warehouse that is off keeps its place; the next sync loads what was missed.",
    )

    filters = FiltersField(
        required=False,
        help_text="What is not to be loaded, one a line, such as "
        "- {if: \"event = 'Internal Test'\", action: drop} "
        "or - {if: all, action: drop_properties, fields: {context: [ip]}}.",
    )

    def __init__(self, workspace, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = workspace.sources.all()
        chosen = self.initial.get("schedule", "1h")
        choices = {**SCHEDULES, chosen: SCHEDULES.get(chosen, f"Every {chosen}")}
        self.fields["schedule"].choices = list(choices.items())
        self.fields["schedule"].validators.append(validate_schedule)
