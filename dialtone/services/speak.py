"""Text to speech: greetings that are typed are spoken by espeak-ng, a package of Debian that the operator installs.

It is a program of its own, given the text on its standard input and nothing else; what it says comes back as a WAV file,
which `wav.py` makes anew. Without it the pages say so, and recordings are uploaded or recorded.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

from dialtone.base.problems import Problem
from dialtone.base.text import clean, one_of
from dialtone.services import problems as _problems  # noqa: F401  registers the codes

PROGRAM: Final = "espeak-ng"
# The voice for each language that Dialtone speaks. Japanese kanji are read badly: the page says so.
VOICES: Final[Mapping[str, str]] = {
    "en": "en-us",
    "da": "da",
    "nb": "nb",
    "sv": "sv",
    "ja": "ja",
    "zh-hant": "cmn",
}
MOST_CHARACTERS = 2000
LONGEST_SECONDS = 20


def is_there() -> bool:
    """Whether this installation can speak."""
    return shutil.which(PROGRAM) is not None


def speak(text: object, language: str, *, field: str = "/text") -> bytes:
    """The text as a WAV file. Raises Problem services.no_speech, services.not_spoken, field.*, text.*."""
    words = clean(text, field=field, limit=MOST_CHARACTERS)
    one_of(language, VOICES, "/language")
    program = shutil.which(PROGRAM)
    if program is None:
        raise Problem("services.no_speech", field=field)
    try:
        done = subprocess.run(
            [program, "-v", VOICES[language], "--stdin", "--stdout"],
            input=words.encode(),
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as wrong:
        raise Problem("services.not_spoken", field=field) from wrong
    return done.stdout
