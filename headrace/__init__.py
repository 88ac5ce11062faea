"""Headrace: continual learning for LLM agents on your own Kafka and DuckDB."""
