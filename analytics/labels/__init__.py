"""Annotators' verdicts: out to their tools and back, in the terminal, how far they agree, and what holds."""
