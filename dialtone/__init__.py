"""Dialtone, a self-hosted calling-plan service."""

__version__ = "0.12.0"
