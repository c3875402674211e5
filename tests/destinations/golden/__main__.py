"""Write the answers of the named tools anew, or of all of them."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from . import TOOLS, write  # noqa: E402  needs Django

for slug in sys.argv[1:] or sorted(path.stem for path in TOOLS.glob("*.jsonl")):
    write(slug)
