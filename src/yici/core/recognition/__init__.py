"""Recognising a blank form: read grid → sheet blocks → cell roles → areas → label paths → bindings → template."""
