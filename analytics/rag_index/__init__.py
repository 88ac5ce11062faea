"""The RAG index kept up to date: good and corrected answers in, bad and retracted ones out, measured before use."""

from analytics.rag_index.changes import Changes, Exchange, changes
from analytics.rag_index.recall import Recall, recall
from analytics.rag_index.update import Update, update

__all__ = ["Changes", "Exchange", "Recall", "Update", "changes", "recall", "update"]
