"""Port-out: another carrier asks to take numbers away, and we answer. The holder decides by lock and PIN, people of the desk agree,
and nobody's silence ever does (P8)."""
