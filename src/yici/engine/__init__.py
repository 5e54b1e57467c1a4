"""The projection: golden records as wide typed tables in DuckDB, and what is asked of them."""
