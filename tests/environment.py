"""The environment of the tests; loaded by `-p` in pyproject.toml, before Django's settings are."""

import os
from pathlib import Path

HOME = Path(__file__).parent.parent / "var" / "test"

os.environ.setdefault("SWITCHYARD_HOME", str(HOME))
os.environ.setdefault("LOG_LEVEL", "WARNING")
