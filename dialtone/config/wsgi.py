"""The web application, as granian loads it."""

from __future__ import annotations

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from dialtone.config.patience import Patience

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialtone.config.settings")
AT_WORK = "DIALTONE_WEB_AT_WORK"  # told by cli/web_command.py

application = Patience(
    get_wsgi_application(),
    at_work=int(os.environ.get(AT_WORK, 4)),
    largest=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    largest_form=settings.FILE_UPLOAD_MAX_MEMORY_SIZE,
)

_ = get_resolver().url_patterns  # reads all pages and calls now: the first request would wait for it
# All that was read stays until the process ends: no collection has to walk through it, which is some 300,000 objects.
gc.collect()
gc.freeze()
