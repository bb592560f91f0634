"""A made-up tax service: what it answers stands in replies.yaml (H26)."""
