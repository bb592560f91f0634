"""Tables of the free inventory (being written)."""
