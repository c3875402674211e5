import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from sources.gate import open_gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# As up.py lets there be many more threads than may work, the one does not go without the other.
application = open_gate(get_wsgi_application(), most=settings.WEB_THREADS)

# What is loaded by now stays, and all views are. Walking through it again took the garbage
# collector 70 to 100 ms (2026-11-25), in which this process answered nobody.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
