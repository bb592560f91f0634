"""Papers of customers: bills, letters of authority, proofs of identity. Checked, encrypted, opened only on
record, erased in time.
"""

from __future__ import annotations

from dialtone.base.documents.examination import Examined, examine, sniff
from dialtone.base.documents.keep import erase, replay_erasures, store, sweep
from dialtone.base.documents.keep import open_document as open

__all__ = ["Examined", "erase", "examine", "open", "replay_erasures", "sniff", "store", "sweep"]
