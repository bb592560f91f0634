"""The standing world for these tests (tests/plugins/standing.py)."""

from tests.plugins.standing import built, plain_static, standing, undone

__all__ = ["built", "plain_static", "standing", "undone"]
