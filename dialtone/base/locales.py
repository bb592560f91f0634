"""How a reader writes days, numbers and money: the Babel locale of each of our languages."""

from __future__ import annotations

from babel import Locale
from django.utils.translation import get_language

# English is written the international way (day before month, 24 hours): our readers are on both sides of the ocean.
_LOCALES = {
    "en": "en_GB",
    "da": "da_DK",
    "nb": "nb_NO",
    "sv": "sv_SE",
    "ja": "ja_JP",
    "zh-hant": "zh_Hant_TW",
}


def reader_locale() -> Locale:
    """The Babel locale of the active language."""
    return Locale.parse(_LOCALES.get((get_language() or "en").lower(), "en_GB"))
