"""Failures: rules that find them, and clusters of what they have in common."""
