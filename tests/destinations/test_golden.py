"""What is sent, to the byte, for a dozen standard events by every tool of the catalogue."""

import pytest

from destinations.catalog import integrations
from workspaces.setting import clean_values

from .golden import TOOLS, answers_of, path_of, set_up_of

tools = pytest.mark.parametrize("slug", sorted(path.stem for path in TOOLS.glob("*.jsonl")))


def test_every_tool_has_its_golden_file():
    missing = integrations().keys() - {path.stem for path in TOOLS.glob("*.jsonl")}

    assert not missing, f"run: python -m tests.destinations.golden {' '.join(sorted(missing))}"


@tools
def test_a_golden_file_has_settings_that_a_person_could_save(slug):
    clean_values(integrations()[slug].settings, set_up_of(slug)["settings"])


@tools
def test_the_tool_is_sent_what_was_reviewed(slug):
    reviewed = path_of(slug).read_text().splitlines()[1:]

    assert list(answers_of(slug, set_up_of(slug))) == reviewed
