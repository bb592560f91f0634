"""Django's settings. What differs between installations comes from `environment.py`."""

from __future__ import annotations

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from dialtone.carriers import choice
from dialtone.config.database import database
from dialtone.config.environment import REPO, count, load

ENVIRONMENT = load()
SANDBOX = ENVIRONMENT.sandbox
DATA_DIR = ENVIRONMENT.data_dir
BASE_URL = ENVIRONMENT.base_url
CARRIERS = choice.read(ENVIRONMENT.carriers)
SIGN_UP = ENVIRONMENT.sign_up == "open"
APP_URL = ENVIRONMENT.app_url

SECRET_KEY = ENVIRONMENT.secret("django")
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
SECURE = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    # Before allauth, whose templates ours replace.
    "dialtone.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "dialtone.base",
    "dialtone.people",
    "dialtone.plans",
    "dialtone.support",
    "dialtone.carriers",
    "dialtone.providers",
    "dialtone.locations",
    "dialtone.numbers",
    "dialtone.services",
    "dialtone.emergency",
    "dialtone.rates",
    "dialtone.calls",
    "dialtone.porting",
    "dialtone.orders",
    "dialtone.migration",
    "dialtone.estate",
    "dialtone.billing",
    "dialtone.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outermost of all that touches the database: opens the transaction as the role `door`.
    "dialtone.base.middleware.TransactionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dialtone.web.middleware.BrowserLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dialtone.people.middleware.SeenMiddleware",
    # Knows the caller now: takes the level role and the tenant for the rest of the request.
    "dialtone.people.middleware.ScopeMiddleware",
    "dialtone.web.middleware.ReaderMiddleware",
    "dialtone.web.middleware.WayOnMiddleware",
    "dialtone.api.middleware.ApiMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "dialtone.config.urls"
WSGI_APPLICATION = "dialtone.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps: our templates for signing in stand in for those of allauth.
        "DIRS": [REPO / "dialtone" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dialtone.web.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# For each token and process; 429 with Retry-After beyond it.
API_REQUESTS_PER_MINUTE = count(ENVIRONMENT.api_requests_per_minute, 3000)

DATABASES = {"default": database(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "dialtone.people.passwords.LengthLimit"},
]
if SANDBOX and ENVIRONMENT.quick_passwords:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "dialtone.people.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# An address is proven by the mail with the link to the first password: people/sign_in.py.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# A new password signs out everywhere else; here one stays, and after the link of a letter one is in.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_FORMS = {
    "login": "dialtone.web.account_forms.SignIn",
    "reset_password": "dialtone.web.account_forms.AskForPassword",
    "reset_password_from_key": "dialtone.web.account_forms.FirstPassword",
    "change_password": "dialtone.web.account_forms.ChangePassword",
    "reauthenticate": "dialtone.web.account_forms.Again",
}
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
# "staff" or "nobody": people/second_factor.py.
SECOND_FACTOR = ENVIRONMENT.second_factor
MFA_ADAPTER = "dialtone.people.second_factor.MFAAdapter"
MFA_FORMS = {
    "add_webauthn": "dialtone.web.account_forms.AddPasskey",
    "edit_webauthn": "dialtone.web.account_forms.NamePasskey",
    "activate_totp": "dialtone.web.account_forms.StartApp",
    "authenticate": "dialtone.web.account_forms.SecondStep",
    "reauthenticate": "dialtone.web.account_forms.SecondStepAgain",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Dialtone"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
# Programs that people let in (OAuth 2.1): people/oauth.py. What it leaves out of the protocol is not offered: web/oauth_urls.py.
IDP_OIDC_ADAPTER = "dialtone.people.oauth.OIDCAdapter"
IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN = 60
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 60 * 60
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 60 * 60 * 24 * 60
IDP_OIDC_ROTATE_REFRESH_TOKEN = True
USERSESSIONS_TRACK_ACTIVITY = True
# Behind a proxy every request comes from its address; the limits on failed sign-ins need the caller's.
ALLAUTH_TRUSTED_PROXY_COUNT = count(ENVIRONMENT.proxies, 0)

SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
# A browser takes a __Host- cookie from this very host only, over TLS, for the whole site (RFC 6265bis).
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}dialtone_session"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}dialtone_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "dialtone.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if SECURE and ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE and not SANDBOX else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "cache"),
        # Counts of failed sign-ins are kept here: with the default of 300 entries an attacker with many addresses
        # would push out the counts of the account itself.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("da", "Dansk"),
    ("nb", "Norsk bokmål"),
    ("sv", "Svenska"),
    ("ja", "日本語"),
    ("zh-hant", "繁體中文"),
]
LOCALE_PATHS = [REPO / "locale"]
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}dialtone_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False

# Uploads stay in memory: plain text of papers is never on disk (invariant S8).
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
EMAIL_BACKEND = "dialtone.base.mail.backend.Backend"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_IMPORT_PATHS = ["dialtone.jobs.tasks"]

PRODUCT_NAME = _("Dialtone")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "dialtone.base.logs.JsonLines"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
