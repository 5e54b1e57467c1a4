"""Reading filled ledgers (台账): where their tables are, what columns mean, which rows are records. Pure functions."""
