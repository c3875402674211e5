#!/usr/bin/env python
"""Switchyard's command line: `manage.py help` lists every command."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError


def main():
    """Run a command. What an operator has to put right is said in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"switchyard: {error}")
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        said = " ".join(str(error).split())
        if getattr(error.__cause__, "sqlstate", None) == "42P01":  # a table is missing
            sys.exit("switchyard: the database is not prepared: run manage.py prepare")
        if isinstance(error, ProgrammingError):
            raise
        sys.exit(f"switchyard: the database refuses: {said}")


if __name__ == "__main__":
    main()
