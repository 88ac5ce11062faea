"""The client: what an agent says, numbered and on its way to Kafka, without the agent ever waiting or failing.

The life of one event:

    agent's thread                        background thread                librdkafka's threads
    ──────────────                        ─────────────────                ────────────────────
    log(…)
      names checked, ids hashed,
      encoded: a snapshot       edge
      numbered, counted in     ledger
      room in the buffer?      outbox
        no ─▶ dropped: queue_full
        yes, sanitize_pii ──▶ waiting ──▶ decoded, masked     masking
        │                                 fails ─▶ dropped: invalid
        │                                 encoded ──┐
        yes, no masking ────────────────────────────┴───▶ queue ──▶ batch ──▶ broker      sender
                                                                              │
                                          delivery reports ◀──────────────────┘
                                            delivered: its bytes are free again
                                            refused: dropped: undelivered
                                          every 10 s: ProducerStatus with the dropped ranges
    close(…)
      what is left after the timeout is dropped: not_sent; the closing status tells the ledger's end

The background thread is the `courier`. `edge`, `ledger` and `ranges` are pure; `sender` alone touches Kafka;
`lifetime` knows forks and exits.
"""

from headrace.client.feedback import FeedbackCollector
from headrace.client.ledger import FlushResult
from headrace.client.logger import ProductionInteractionLogger

__all__ = ["FeedbackCollector", "FlushResult", "ProductionInteractionLogger"]
