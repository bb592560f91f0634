"""PDF pages from a template and plain data, by typst. Data goes in as JSON, never as markup, so nothing in it can act."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst


def typeset(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template that reads its data with `json(bytes(sys.inputs.data))`. Raises typst.TypstError.

    The template may read files of its own folder only. Letters of Japanese and Chinese need a font of the system
    (fonts-noto-cjk); without one they come as boxes.
    """
    made: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        sys_inputs={"data": json.dumps(dict(data), ensure_ascii=False)},
    )
    return made
