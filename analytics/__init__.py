"""What reads DuckDB: queries, exports, the audit."""
