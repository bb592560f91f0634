"""Print the API description (OpenAPI 3.1)."""

from __future__ import annotations

import argparse
import json

from dialtone.cli import start


def add(parser: argparse.ArgumentParser) -> None:
    pass


def run(told: argparse.Namespace) -> int:
    start.django()
    from dialtone.api.routes import api

    print(json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False))
    return 0
