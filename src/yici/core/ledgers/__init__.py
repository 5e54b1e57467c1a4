"""Reading filled ledgers (台账): where their tables are, what their columns mean, which rows are people. Pure functions."""
