"""What earlier good answers and documents say about a question: the index that retraining keeps up to date."""

from headrace.retrieval.entries import Entry, Origin
from headrace.retrieval.index import Hit, RetrievalIndex

__all__ = ["Entry", "Hit", "Origin", "RetrievalIndex"]
