"""
Django's settings. What differs between machines comes from the environment; docs/operating.md
lists the variables.
"""

from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from labelhub import environment

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = environment.mode() == environment.PRODUCTION
DATA = environment.data_folder(BASE_DIR / ".labelhub")

DEBUG = False
SECRET_KEY = environment.secret_key(DATA)
ALLOWED_HOSTS = environment.allowed_hosts()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "axes",
    "csp",
    "labelhub.accounts",
    "labelhub.jobs",
    "labelhub.catalog",
    "labelhub.labelling",
    "labelhub.registry",
    "analysis",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "labelhub.http.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "labelhub.accounts.sessions.SessionUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "labelhub.error_views.LengthMiddleware",
    "labelhub.http.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "labelhub.urls"
WSGI_APPLICATION = "labelhub.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
            "builtins": ["labelhub.ui_tags", "labelhub.page_tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "labelhub.accounts.navigation.navigation",
            ],
        },
    }
]

# CONN_MAX_AGE: a web thread keeps its connection; health checks survive a database restart.
DATABASES = {
    "default": dj_database_url.parse(
        environment.database_url(), conn_max_age=600, conn_health_checks=True
    )
}
# Compiling a query of the comparison takes longer than answering it.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c jit=off"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_ENGINE = "labelhub.accounts.sessions"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
# One office is one address, so a lock takes the username and the address together.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# Language and time: stored in UTC, read and shown in Seoul unless set otherwise.
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.time_zone()

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA / "static"
HAS_MANIFEST = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": environment.storage(DATA),
    "staticfiles": {
        "BACKEND": "labelhub.static_files.HashedFiles"
        if HAS_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HAS_MANIFEST
WHITENOISE_MAX_AGE = 0 if not HAS_MANIFEST else 60
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = DATA / "uploads"
for folder in (STATIC_ROOT, FILE_UPLOAD_TEMP_DIR):
    folder.mkdir(exist_ok=True)

# What the browser may do. Everything is served from here; no inline script or style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *environment.image_hosts()],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
CSRF_TRUSTED_ORIGINS = environment.trusted_origins(ALLOWED_HOSTS)
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_CLIENT_IP_CALLABLE = "labelhub.http.address_behind_proxy"

# Jobs
JOB_LEASE = environment.job_lease()
BROKER_URL = environment.broker_url()
CELERY_BROKER_URL = BROKER_URL or "folder://localhost/"
if BROKER_URL is None:
    BROKER_FOLDER = DATA / "broker"
    (BROKER_FOLDER / "messages").mkdir(parents=True, exist_ok=True)
    (BROKER_FOLDER / "control").mkdir(exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_FOLDER / "messages"),
        "data_folder_out": str(BROKER_FOLDER / "messages"),
        "control_folder": str(BROKER_FOLDER / "control"),
        "polling_interval": 0.1,  # seconds; the default carries about one message a second
    }
CELERY_TASK_DEFAULT_QUEUE = "light"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # the row, not the message, remembers what is unfinished
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "ring again for jobs nobody carries": {
        "task": "labelhub.jobs.tasks.ring_again",
        "schedule": 5.0,
        "options": {"queue": "light", "expires": 10},
    },
    "settle consensus each night": {
        "task": "labelhub.jobs.tasks.enqueue_nightly",
        "schedule": crontab(hour=3, minute=0),
        "options": {"queue": "light"},
    },
}

# The accuracy after review that home page and report measure the model against
TARGET_ACCURACY = environment.target_accuracy()

# What runs see pictures with: a backbone of mlcore.images.backbones and its weights. Without
# weights a small network learns from the corpus's own pictures.
BACKBONE = environment.backbone()
BACKBONE_WEIGHTS = environment.backbone_weights()
PICTURE_SIDE = environment.picture_side()

# How three blind answers or more to a sample settle; one or two settle by agreement
CONSENSUS = environment.consensus_method()

# Where annotators look a product up outside; nowhere unless an address is given
SEARCH_URL = environment.search_url()

# How long what is known about people is kept; the notice to people who label says these days
KEEP_LOGINS = environment.days("LABELHUB_KEEP_LOGINS_DAYS", 90)
KEEP_CHECKS = environment.days("LABELHUB_KEEP_CHECKS_DAYS", 180)
KEEP_NAMES = environment.days("LABELHUB_KEEP_NAMES_DAYS", 365)

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["labelhub.accounts.permissions.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["labelhub.api_bodies.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS tells nothing that the document does not
    "EXCEPTION_HANDLER": "labelhub.http.translate_refusal",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LabelHub",
    "DESCRIPTION": "Label products, import and export rows, and read the comparison.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "labelhub.api_refusals.document",
    ],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        # A refused request (403, 404, 409) is an answer, not a fault; 500 stays loud.
        "django.request": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
