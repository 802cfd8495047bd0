"""Django's settings, derived from the typed environment and nothing else."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from yaojian.config.environment import Environment, read_environment

ENVIRONMENT: Environment = read_environment()
PACKAGE = Path(__file__).resolve().parent.parent


def database_from(url: str) -> dict[str, Any]:
    """Django's description of the database that a postgresql:// URL names."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "yaojian",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "") or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


_owner = ENVIRONMENT.database_owner_url or ENVIRONMENT.database_url
_url = _owner if ENVIRONMENT.as_owner else ENVIRONMENT.database_app_url
DATABASES = {"default": database_from(_url or "postgresql:///yaojian")}

DEBUG = ENVIRONMENT.debug
# A process without the installation's key (a type checker, a message extraction) gets a passing one.
SECRET_KEY = ENVIRONMENT.secret_key or secrets.token_urlsafe(48)
# The first wraps the keys of personal data, the others still open what they wrapped before a rotation.
INSTALLATION_KEYS = tuple(
    filter(None, (ENVIRONMENT.installation_key, *ENVIRONMENT.previous_installation_keys))
)
KEY_FILE = ENVIRONMENT.data / "secrets.json"
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
ROOT_URLCONF = "yaojian.config.urls"
WSGI_APPLICATION = "yaojian.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "procrastinate.contrib.django",
    "yaojian.foundation.design",
    "yaojian.foundation.kept",
    "yaojian.foundation.accounts",
    "yaojian.foundation.reference",
    "yaojian.foundation.ledger",
    "yaojian.foundation.privacy",
    "yaojian.foundation.deadlines",
    "yaojian.foundation.notices",
    "yaojian.foundation.worklist",
    "yaojian.foundation.outbox",
    "yaojian.foundation.documents",
    "yaojian.foundation.exports",
    "yaojian.foundation.staffing",
    "yaojian.registers.enterprises",
    "yaojian.registers.licences",
    "yaojian.registers.products",
    "yaojian.registers.people",
    "yaojian.registers.jurisdiction",
    "yaojian.registers.intake",
    "yaojian.casework.inspections",
    "yaojian.oversight.statistics",
    "yaojian.oversight.plans",
    "yaojian.oversight.mandates",
    "yaojian.oversight.evaluations",
    "yaojian.oversight.drafting",
    "yaojian.doors.backoffice",
    "yaojian.doors.administration",
    "yaojian.doors.portal",
    "yaojian.simulator",
    "yaojian.bench",
    "yaojian.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "yaojian.config.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "yaojian.foundation.exports.signal.DownloadSignal",
    "yaojian.config.middleware.RequestLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yaojian.foundation.kept.middleware.OneLook",
    "yaojian.foundation.accounts.web.middleware.ActorMiddleware",
    "yaojian.config.middleware.Problems",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "yaojian.config.navigation.shell_context",
            ],
        },
    }
]

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign_in"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yaojian.config.static_files.VersionedStaticFiles"},
}
# Files are served from the package itself, so that there is no collecting step to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

# How long a session lives at most, how long it may lie idle, and how many a person may have at once.
SESSION_COOKIE_AGE = ENVIRONMENT.session_hours * 3600
SESSION_IDLE_SECONDS = ENVIRONMENT.session_idle_minutes * 60
SESSIONS_PER_PERSON = ENVIRONMENT.sessions_per_person
SECOND_FACTOR = ENVIRONMENT.second_factor
SECOND_FACTOR_ROLES = frozenset(ENVIRONMENT.second_factor_roles)
OIDC_ISSUER = ENVIRONMENT.oidc_issuer
OIDC_CLIENT_ID = ENVIRONMENT.oidc_client_id
OIDC_CLIENT_SECRET = ENVIRONMENT.oidc_client_secret
OIDC_LABEL = ENVIRONMENT.oidc_label
OIDC_USERNAME_CLAIM = ENVIRONMENT.oidc_username_claim
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Two installations on one host differ by port only, which cookies ignore: the name keeps them apart.
SESSION_COOKIE_NAME = f"yaojian_session_{ENVIRONMENT.port}"
CSRF_COOKIE_NAME = f"yaojian_csrf_{ENVIRONMENT.port}"
LANGUAGE_COOKIE_NAME = f"yaojian_language_{ENVIRONMENT.port}"
# A reverse proxy ends TLS, sets X-Forwarded-Proto and X-Forwarded-For itself, and passes the Host on.
BEHIND_PROXY = ENVIRONMENT.behind_proxy
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_PROXY
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 86400
CSRF_FAILURE_VIEW = "yaojian.config.problems.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

DOCUMENTS_FOLDER = ENVIRONMENT.data / "documents"
CLAMD = ENVIRONMENT.clamd
DOCUMENT_MAX_BYTES = 10 * 1024 * 1024

# Messages leave the house by a file in the data folder until a server or gateway is named.
NOTICE_FOLDER = ENVIRONMENT.data / "notices"
NOTICE_SMTP_URL, NOTICE_MAIL_FROM = ENVIRONMENT.smtp_url, ENVIRONMENT.mail_from
NOTICE_SMS_URL, NOTICE_SMS_TOKEN = ENVIRONMENT.sms_url, ENVIRONMENT.sms_token
# How people reach this installation, for links in messages; without it messages carry none.
PUBLIC_URL = ENVIRONMENT.public_url

# The public log: what everybody is served, and what the auditor remembers. See also config/public_log.py.
LOG_FOLDER = ENVIRONMENT.data / "transparency"
LOG_AUDIT = ENVIRONMENT.data / "audit"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # The stock request logger prints the paths of missing pages, which may carry searched names.
    "loggers": {"django.request": {"level": "ERROR"}, "procrastinate": {"level": "WARNING"}},
}
