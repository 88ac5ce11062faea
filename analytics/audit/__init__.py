"""Is anything missing: a cut through the topics, the store's rows, and the sum of both."""
