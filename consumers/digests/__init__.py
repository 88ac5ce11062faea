"""Digests: exactly mergeable summaries of interactions, and the messages that carry them."""
