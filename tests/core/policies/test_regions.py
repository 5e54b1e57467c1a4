"""What the linter can tell of conditions: never true, always true, contradictory, overlapping, with gaps."""
