"""Write the answers of the named tools anew, or of all of them."""

import argparse
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from . import TOOLS, UnknownIntegration, path_of, write  # noqa: E402  needs Django

parser = argparse.ArgumentParser(prog="python -m tests.destinations.golden", description=__doc__)
parser.add_argument("slug", nargs="*", help="of a tool in the catalogue")
for slug in parser.parse_args().slug or sorted(path.stem for path in TOOLS.glob("*.jsonl")):
    is_new = not path_of(slug).exists()
    try:
        write(slug)
    except UnknownIntegration as error:
        parser.error(str(error))
    if is_new:
        print(
            f"wrote {path_of(slug)}. Make the settings on its first line real, then run it again."
        )
