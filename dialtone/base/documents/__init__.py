"""Papers of customers: bills, letters of authority, proofs of identity. Checked, encrypted, opened only on
record, erased in time.
"""

from __future__ import annotations

from dialtone.base.documents.examination import Examined, examine, read_text, sniff
from dialtone.base.documents.keep import erase, erase_later, replay_erasures, store, sweep
from dialtone.base.documents.keep import open_document as open

__all__ = [
    "Examined",
    "erase",
    "erase_later",
    "examine",
    "open",
    "read_text",
    "replay_erasures",
    "sniff",
    "store",
    "sweep",
]
