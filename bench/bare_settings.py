"""Django with nothing in it."""

SECRET_KEY = "bench"
ROOT_URLCONF = "bench.bare"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = []
INSTALLED_APPS = []
USE_TZ = True
