"""Departments' ledgers of the demo community, as messy as real ones, with a note of what each cell claims."""
