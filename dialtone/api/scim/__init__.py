"""SCIM 2.0 (RFC 7643, RFC 7644): a customer's directory keeps its people and groups here, below `/scim/v2/<organisation>/`.

`shapes` says what a person and a group look like, `storage` reads and writes them by the verbs of `people`, `door` is the view.
The protocol itself is scim2-server's.
"""
