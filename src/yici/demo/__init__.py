"""The demo community: a seeded generator of people, ledgers and blank forms."""
