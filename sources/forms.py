"""The forms of a source."""

from django import forms
from django.core.validators import RegexValidator

from workspaces.slugs import free_slug

from .models import Source


class SourceForm(forms.ModelForm):
    """A new source. The slug may be left out; it is then made from the name."""

    slug = forms.SlugField(
        required=False,
        max_length=50,
        label="Slug",
        help_text="Its name in addresses, files and the warehouse. By default from the name.",
    )
    kind = forms.ChoiceField(
        label="What sends the events?",
        choices=Source.Kind.choices,
        initial=Source.Kind.WEBSITE,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Source
        fields = ["name", "slug", "kind"]

    def __init__(self, workspace, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.fields["name"].widget.attrs |= {"placeholder": "Shop website", "autofocus": True}

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        if not slug:
            return free_slug(
                self.workspace.sources.all(), self.cleaned_data.get("name", ""), "source"
            )
        if self.workspace.sources.filter(slug=slug).exists():
            raise forms.ValidationError("Another source of this workspace has this slug.")
        return slug

    def save(self, commit=True):
        self.instance.workspace = self.workspace
        return super().save(commit)


class SourceSettingsForm(forms.ModelForm):
    schema_name = forms.CharField(
        required=False,
        max_length=63,
        label="Schema in the warehouse",
        validators=[
            RegexValidator(
                r"^[a-z_][a-z0-9_]*$", "Small letters, digits and _ only, no digit in front."
            )
        ],
    )

    class Meta:
        model = Source
        fields = ["name", "kind", "schema_name", "enabled"]
        labels = {"enabled": "Accept events"}
        help_texts = {
            "enabled": "Off: senders still get their 200, and their events are listed as rejected."
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        default = self.instance.slug.replace("-", "_")
        self.fields[
            "schema_name"
        ].help_text = f"Empty: {default}. Tables loaded before keep the schema they are in."


class DeleteForm(forms.Form):
    """Typing the slug shows that it is meant."""

    slug = forms.CharField(
        label="Type the slug to confirm", widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, source, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.source = source

    def clean_slug(self):
        if self.cleaned_data["slug"].strip() != self.source.slug:
            raise forms.ValidationError(f"This is not “{self.source.slug}”.")
        return self.source.slug
