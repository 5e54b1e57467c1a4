"""Bytes to grid and back: reading and patching the sender's workbooks and documents."""
