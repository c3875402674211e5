"""The docs say what is there: no setting, command or target is missing, no link leads nowhere."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).parent.parent
OPERATING = (ROOT / "docs" / "operating.md").read_text()
OURS = ("config", "workspaces", "sources", "destinations", "warehouses")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def settings_read():
    """Return (name, default) for each environment variable that config/settings.py reads."""
    text = (ROOT / "config" / "settings.py").read_text()
    found = re.findall(r'env(?:_flag|_int|_list)?\("(\w+)"(?:, (?:f?"([^"]*)"|(\d+)))?', text)
    return [(name, default or number) for name, default, number in found]


def settings_documented():
    return dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", OPERATING, re.M))


def our_commands():
    return sorted(name for name, app in get_commands().items() if app in OURS)


def test_every_setting_is_documented_and_every_documented_one_is_read():
    assert sorted(settings_documented()) == sorted({name for name, _ in settings_read()})


@pytest.mark.parametrize(("name", "default"), settings_read())
def test_the_documented_default_is_the_real_one(name, default):
    documented = settings_documented()[name]

    assert "{" in default or default in documented


@pytest.mark.parametrize("name", our_commands())
def test_every_command_is_documented_and_has_an_example(name):
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)

    assert re.search(rf"^\| `{name}\b", OPERATING, re.M)
    assert f"manage.py {name}" in " ".join(parser.format_help().split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())

    missing = [link for link in links if not (page.parent / link).exists()]
    assert [link for link in missing if not link.endswith(".png")] == []


def test_every_target_that_the_docs_name_is_in_the_makefile():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M))
    texts = [page.read_text() for page in PAGES]

    named = {name for text in texts for name in re.findall(r"(?:`|\$ )make (\w+)", text)}
    assert "up" in named
    assert named <= targets


def test_the_example_of_a_file_applies(db, monkeypatch):
    from config.declared import apply

    example = re.search(r"```yaml\n(workspace:.*?)```", OPERATING, re.S)[1]

    assert apply(example, {"HOOK_SECRET": "hush-hush"})[0] == "made workspace acme"
