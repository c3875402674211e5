"""The forms of a source."""

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator

from workspaces.slugs import free_slug

from .models import Source
from .origins import clean

MOST_LABELS = 20
MOST_LABEL_TEXT = 50


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


class LabelsField(forms.CharField):
    """Words with commas between them; in Python a list."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        labels = [label.strip() for label in super().clean(value).split(",")]
        labels = list(dict.fromkeys(label for label in labels if label))
        if len(labels) > MOST_LABELS or any(len(label) > MOST_LABEL_TEXT for label in labels):
            raise forms.ValidationError(
                f"{MOST_LABELS} labels at most, each of {MOST_LABEL_TEXT} characters at most."
            )
        return labels


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
    labels = LabelsField(
        required=False, help_text="With commas between them, such as env:production, team:shop."
    )
    retention_days = forms.IntegerField(required=False, min_value=1, label="Keep events for days")

    GROUPS = (
        ("General", ["name", "kind", "labels", "schema_name", "enabled"]),
        ("At the door", ["strict", "rate_limit", "rate_burst"]),
        ("Privacy", ["retention_days", "ip_policy"]),
        ("Add to each event", ["parse_user_agent", "flag_bots", "locate"]),
    )

    class Meta:
        model = Source
        fields = ["name", "kind", "labels", "schema_name", "enabled", "strict", "rate_limit"]
        fields += ["rate_burst", "retention_days", "ip_policy"]
        fields += ["parse_user_agent", "flag_bots", "locate"]
        labels = {
            "enabled": "Accept events",
            "strict": "Strict: answer 400 when an event was rejected",
            "rate_limit": "Events per second",
            "rate_burst": "Events at once",
            "ip_policy": "IP addresses",
            "parse_user_agent": "Device, system and browser, from the user agent",
            "flag_bots": "A mark on what crawlers send",
            "locate": "Country and city, from the IP address",
        }
        help_texts = {
            "enabled": "Off: senders still get their 200, and their events are listed as rejected.",
            "strict": "Off: the answer is 200 and lists what was rejected, as every SDK expects.",
            "rate_limit": "What comes faster is answered 429, and SDKs send it again. Empty: all.",
            "rate_burst": "Empty: ten seconds' worth.",
            "locate": "Needs a MaxMind file on the server; docs/operating.md says where.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        default = self.instance.slug.replace("-", "_")
        self.fields[
            "schema_name"
        ].help_text = f"Empty: {default}. Tables loaded before keep the schema they are in."
        self.fields["ip_policy"].required = False
        days = self.fields["retention_days"]
        days.max_value = settings.RETENTION_DAYS
        days.validators.append(MaxValueValidator(settings.RETENTION_DAYS))
        days.help_text = (
            f"Older events are hidden at once and deleted within the hour. Empty: "
            f"{settings.RETENTION_DAYS}, as on the whole server."
        )

    def groups(self):
        """Return the fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]


class RotateForm(forms.Form):
    """How long the old key goes on working beside the new one."""

    OVERLAPS = (("0", "at once"), ("1", "in 1 hour"), ("24", "in 1 day"), ("168", "in 7 days"))
    OVERLAPS += (("720", "in 30 days"),)

    hours = forms.TypedChoiceField(label="The old key ends", choices=OVERLAPS, coerce=int)


class OriginsForm(forms.Form):
    """Whose pages may use a key, one origin a line."""

    origins = forms.CharField(required=False, max_length=5_000)

    def clean_origins(self):
        try:
            found = [clean(line) for line in self.cleaned_data["origins"].split()]
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        return list(dict.fromkeys(found))


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
