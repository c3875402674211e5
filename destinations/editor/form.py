"""What a subscription must be like to be saved."""

from django import forms

from destinations.cleaning import compile_cleaner
from destinations.errors import InvalidPayload, MappingError, UnknownAction
from destinations.fields import FromSetting
from destinations.forms import JSONTextField
from destinations.language.mapping import ROOT_DIRECTIVE
from destinations.language.trigger import InvalidTrigger
from destinations.masking import mask, unmask
from destinations.request import MASK
from destinations.translation import compile_subscription


class SubscriptionForm(forms.Form):
    """Trigger and mapping are compiled as the delivery would, so that what is saved runs.

    `problems` says what is wrong in the mapping by the place where it is wrong.
    """

    name = forms.CharField(max_length=100)
    trigger = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
    )
    mapping = JSONTextField(required=False)

    def __init__(self, destination, action, data=None, stored=None, **kwargs):
        """`action` is a slug; `stored` the mapping as it is kept."""
        self.destination = destination
        self.action = action
        self.stored = stored or {}
        self.problems: list[tuple[str, str]] = []
        super().__init__(data, **kwargs)
        self.initial["mapping"] = mask(self._definition(), self.stored)

    def _definition(self):
        return self.destination.tool.actions.get(self.action)

    def clean_mapping(self):
        try:
            return unmask(self._definition(), self.cleaned_data["mapping"], self.stored)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self):
        trigger, mapping = self.cleaned_data.get("trigger"), self.cleaned_data.get("mapping")
        if trigger is not None:
            self._try("trigger", trigger, {})
        if mapping is not None:
            self._try("mapping", None, mapping)
        if mapping is not None and self._definition() and ROOT_DIRECTIVE not in mapping:
            self.problems = lasting_problems(self._definition(), mapping)
            for place, message in self.problems:
                self.add_error("mapping", f"{place} {message}.")
        return self.cleaned_data

    def _try(self, field, trigger, mapping):
        settings = self.destination.settings
        try:
            compile_subscription(self.destination.tool, self.action, trigger, mapping, settings)
        except (InvalidTrigger, MappingError) as error:
            self.add_error(field, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        except UnknownAction as error:
            if not self.non_field_errors():
                self.add_error(None, str(error))


def lasting_problems(action, mapping: dict) -> list[tuple[str, str]]:
    """Return what is wrong for every event, as (place, message): a required field that nothing
    fills, a fixed value that its field cannot take."""
    found = []
    for each in action.fields:
        node = mapping.get(each.name)
        if node is None or node == "":
            if each.required is True and type(each.default) is not FromSetting:
                found.append((each.name, "is required; without it every event is refused"))
        elif not _has_directive(node) and node != MASK:
            try:
                compile_cleaner([each])({each.name: node})
            except InvalidPayload as error:
                found += error.errors
    return found


def _has_directive(node) -> bool:
    if type(node) is dict:
        return any(key.startswith("@") or _has_directive(part) for key, part in node.items())
    return type(node) is list and any(map(_has_directive, node))
