"""The lake: clean and rejected records into DuckDB, each exactly once."""
