"""Start Django inside a command, as the application or as the owner of the schema."""

from __future__ import annotations

import logging
import os


def django(acts_as: str = "app") -> None:
    """Set Django up once; `acts_as` is app or migrator."""
    os.environ["DIALTONE_DB_AS"] = acts_as
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialtone.config.settings")
    import django as framework

    framework.setup()
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
