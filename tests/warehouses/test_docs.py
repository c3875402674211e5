"""docs/warehouses.md names what there is."""

from pathlib import Path

from warehouses.connectors import all_connectors
from warehouses.models import Sync

PAGE = (Path(__file__).parents[2] / "docs" / "warehouses.md").read_text()


def test_every_kind_setting_and_command_is_in_the_docs():
    names = [connector.slug for connector in all_connectors()]
    names += [setting.name for one in all_connectors() for setting in one.settings]
    commands = Path(__file__).parents[2] / "warehouses" / "management" / "commands"
    names += [path.stem for path in commands.glob("[a-z]*.py")]

    assert [name for name in names if f"`{name}`" not in PAGE and f" {name} " not in PAGE] == []


def test_every_state_is_in_the_docs():
    labels = [state.label for state in Sync.State if state != Sync.State.RUNNING]

    assert [label for label in labels if f"| {label} |" not in PAGE] == []
