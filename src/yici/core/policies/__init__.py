"""Policies (政策): declared conditions, what one gets when they hold, and cases that show how they are meant."""
