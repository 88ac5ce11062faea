"""Personal data out of text and events: pure, needs no Kafka, loaded only where it is used.

>>> Sanitizer().text("mail ada@example.org")
'mail [EMAIL]'
"""

from headrace.privacy.event import sanitize_event, sanitize_events
from headrace.privacy.pseudonym import kinds_only
from headrace.privacy.rule import Rule, Span
from headrace.privacy.sanitizer import Sanitizer

__all__ = ["Rule", "Sanitizer", "Span", "kinds_only", "sanitize_event", "sanitize_events"]
