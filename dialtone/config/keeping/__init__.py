"""Backups: what one holds, how it is made, and how an installation comes back from it (S9, D5, T12).

A backup is a folder: the database as one consistent dump, the papers (encrypted, as they are stored), the anchors of the audit
trail, the list of erased papers, and a manifest. The keys are not in it: whoever finds a backup must not be able to open it.
"""
