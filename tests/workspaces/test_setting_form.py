"""The form drawn from a list of settings."""

from workspaces.setting import Setting
from workspaces.setting_form import SettingForm

EVERYTHING = [
    Setting("name", "Name", required=True),
    Setting("note", type="text"),
    Setting("url", "URL", type="url"),
    Setting("size", type="number", minimum=1, maximum=10, default=5),
    Setting("fast", type="boolean", default=True),
    Setting("region", type="select", choices=(("us", "America"), ("eu", "Europe")), default="us"),
    Setting("level", type="select", choices=(1, 2)),
    Setting("tags", type="list"),
    Setting("headers", type="map"),
    Setting("password", "Password", secret=True, required=True),
    Setting("key", "Private key", type="text", secret=True),
]

GIVEN = {
    "setting-name": " Ann ",
    "setting-note": "one\ntwo",
    "setting-url": "https://a.example.com/",
    "setting-size": "7",
    "setting-region": "eu",
    "setting-level": "2",
    "setting-tags": "a\n\nb",
    "setting-headers": "X-A: 1\nX-B: two: three",
    "setting-password": "hush",
    "setting-key": "-----BEGIN\nhush",
}

VALUES = {
    "name": "Ann",
    "note": "one\ntwo",
    "url": "https://a.example.com/",
    "size": 7,
    "fast": False,
    "region": "eu",
    "level": 2,
    "tags": ["a", "b"],
    "headers": {"X-A": "1", "X-B": "two: three"},
    "password": "hush",
    "key": "-----BEGIN\nhush",
}


def test_every_type_is_read_as_it_is_stored():
    form = SettingForm(EVERYTHING, GIVEN)

    assert form.is_valid(), form.errors
    assert form.values == VALUES


def test_what_is_stored_is_shown_and_posted_back_unchanged():
    drawn = SettingForm(EVERYTHING, stored=VALUES)
    posted = {
        f"setting-{name}": drawn[name].value()
        for name in VALUES
        if drawn[name].value() not in (None, False)
    }

    form = SettingForm(EVERYTHING, posted, stored=VALUES)

    assert form.is_valid(), form.errors
    assert form.values == VALUES


def test_no_secret_is_ever_drawn():
    stored, wrong = (
        SettingForm(EVERYTHING, stored=VALUES),
        SettingForm(
            EVERYTHING,
            GIVEN
            | {
                "setting-size": "eleven",
            },
        ),
    )

    assert not wrong.is_valid()
    assert "hush" not in str(stored)
    assert "hush" not in str(wrong)


def test_an_empty_secret_keeps_what_is_stored():
    form = SettingForm(EVERYTHING, GIVEN | {"setting-password": ""}, stored={"password": "old"})

    assert form.is_valid()
    assert form.values["password"] == "old"


def test_a_required_secret_that_is_not_stored_is_asked_for():
    form = SettingForm(EVERYTHING, GIVEN | {"setting-password": ""})

    assert form.errors == {"password": ["This is required."]}


def test_an_optional_secret_can_be_removed_and_a_required_one_cannot():
    stored = {"password": "old", "key": "old"}
    form = SettingForm(
        EVERYTHING, GIVEN | {"setting-key": "", "setting-remove-key": "on"}, stored=stored
    )

    assert form.is_valid()
    assert "key" not in form.values
    assert "remove-password" not in form.fields


def test_each_mistake_stands_beside_its_field():
    form = SettingForm(
        EVERYTHING,
        GIVEN
        | {"setting-name": "", "setting-size": "11", "setting-url": "x", "setting-level": "3"},
    )

    assert form.errors == {
        "name": ["This is required."],
        "url": ["This has to be a URL that starts with https:// or http://."],
        "size": ["This has to be at most 10."],
        "level": ["This has to be one of: 1, 2."],
    }


def test_the_help_says_when_a_setting_counts():
    form = SettingForm(
        [
            Setting("method", "Method", type="select", choices=(("key", "Key pair"), "password")),
            Setting("key", "Key", depends_on=("method", "key"), required=True, help="From them"),
        ]
    )

    assert form.fields["key"].help_text == ("From them. Counts only when “Method” is “Key pair”.")
    assert "required" not in form.fields["key"].widget.attrs
