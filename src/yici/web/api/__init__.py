"""The JSON API: the same services, rules and masks as the pages, for departments' own systems."""
