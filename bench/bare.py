"""The baseline of ingest: a bare Django view that parses the same body and answers."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare_settings"

import orjson
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path


def view(request):
    orjson.loads(request.body)
    headers = {"Content-Type": "application/json", "Content-Length": "16"}
    return HttpResponse(b'{"success":true}', headers=headers)


urlpatterns = [path("v1/track", view), path("v1/batch", view)]
application = get_wsgi_application()
