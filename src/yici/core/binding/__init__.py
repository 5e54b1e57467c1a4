"""Binding a label path to an element: exact words, subjects, and the residue rule."""
