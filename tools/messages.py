"""`./run messages`: bring locale/ up to date with the strings of the code; prints how many are left to translate."""

from __future__ import annotations

import sys

from tools import translations


def main() -> int:
    """Update every catalogue."""
    source = translations.said(translations.REPO / "dialtone")
    root = translations.REPO / "locale"
    for locale in translations.LOCALES:
        translations.update(locale, source, root)
        left = translations.untranslated(translations.read(locale, root))
        print(f"{locale:8} {left} of {len(source)} left to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
