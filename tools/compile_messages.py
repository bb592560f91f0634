"""Compile .po files to .mo with Babel, so that running needs no GNU gettext."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def main(files: list[str]) -> None:
    """Write each file's .mo beside it; untranslated strings are left out, so that English is shown."""
    for name in files:
        source = Path(name)
        with source.open("rb") as po:
            catalog = read_po(po, locale=source.parents[1].name)
        with source.with_suffix(".mo").open("wb") as out:
            write_mo(out, catalog)


if __name__ == "__main__":
    main(sys.argv[1:])
