"""The standing world for these tests (tests/plugins/standing.py)."""

from tests.plugins.standing import plain_static, standing, undone

__all__ = ["plain_static", "standing", "undone"]
