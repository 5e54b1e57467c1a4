"""Yici 一次: a fact is collected once and reused in every form."""

__version__ = "0.1.0"
