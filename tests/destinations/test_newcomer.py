"""What helps somebody who adds a tool: a file to start from, and pages that write themselves."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parent.parent.parent


def test_a_new_tool_passes_lint_as_it_is_written(tmp_path):
    call_command("new_destination", "parcel-post", "--root", str(tmp_path), verbosity=0)

    module = tmp_path / "destinations/catalog/parcel_post.py"
    test = tmp_path / "tests/destinations/catalog/test_parcel_post.py"
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml")]
        done = subprocess.run([*ruff, str(module), str(test)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    assert len(module.read_text().splitlines()) < 60


@pytest.mark.parametrize("slug", ["slack", "Parcel", "parcel_post", "../x"])
def test_a_slug_that_will_not_do_is_refused(slug, tmp_path):
    with pytest.raises(CommandError):
        call_command("new_destination", slug, "--root", str(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_the_catalogues_pages_are_up_to_date(tmp_path):
    call_command("document_catalog", "--folder", str(tmp_path), verbosity=0)

    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    stored = {path.name: path.read_text() for path in (ROOT / "docs/catalog").glob("*.md")}
    assert written == stored, "run manage.py document_catalog"
