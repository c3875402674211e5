"""The forms of people and workspaces."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

from . import sign_in_limit
from .models import Role, User, Workspace
from .slugs import free_slug, refuse_reserved


class SignInForm(AuthenticationForm):
    """E-mail and password. What is wrong is never said: that would tell who has an account."""

    error_messages = {
        "invalid_login": "This e-mail and password do not belong together.",
        "inactive": "This e-mail and password do not belong together.",
        "blocked": "Too many attempts. Wait five minutes, then try again.",
    }

    def __init__(self, request=None, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget = forms.EmailInput(
            {"autocomplete": "username", "autofocus": True}
        )

    def clean(self):
        email = self.cleaned_data.get("username") or ""
        if sign_in_limit.is_blocked(self.request, email):
            raise forms.ValidationError(self.error_messages["blocked"], code="blocked")
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            sign_in_limit.note_failure(self.request, email)
            raise
        sign_in_limit.forget_failures(self.request, email)
        return cleaned


class WorkspaceForm(forms.ModelForm):
    """A new workspace. The slug may be left out; it is then made from the name."""

    slug = forms.SlugField(
        required=False,
        max_length=50,
        label="Address",
        help_text="Small letters, digits and hyphens. By default from the name.",
        validators=[refuse_reserved],
    )

    class Meta:
        model = Workspace
        fields = ["name", "slug"]

    def clean_slug(self):
        name = self.cleaned_data.get("name", "")
        slug = self.cleaned_data["slug"].lower()
        return slug or free_slug(Workspace.objects.all(), name, "workspace")


class WorkspaceNameForm(forms.ModelForm):
    class Meta:
        model = Workspace
        fields = ["name"]


class MemberForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name"]


class PasswordForm(PasswordChangeForm):
    """One's own password. It stands below another form, so it does not take the focus."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["old_password"].widget.attrs["autofocus"]


class DeleteForm(forms.Form):
    """Asks for the name to be typed, so that nothing is deleted by a slip of the hand."""

    confirmation = forms.CharField(widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, name, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.name = name
        self.fields["confirmation"].label = f"Type “{name}” to confirm"

    def clean_confirmation(self):
        if self.cleaned_data["confirmation"].strip() != self.name.strip():
            raise forms.ValidationError("This is not the name.")
        return self.cleaned_data["confirmation"]
