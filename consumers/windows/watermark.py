"""How far event time has come, from the progress of each source partition. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from consumers.digests.messages import Progress

NOTHING_YET = 0
"""Before every window."""


def later(known: Progress | None, new: Progress) -> Progress | None:
    """What is known of a partition after a record of progress; None where the record is a zombie's and says nothing.

    Event time never goes back. A topic that was made anew begins anew.
    """
    if known is None or known.source.topic_id != new.source.topic_id:
        return new if known is None or new.at_us > known.at_us else None
    if (new.end_offset, new.at_us) <= (known.end_offset, known.at_us):
        return None
    return msgspec.structs.replace(new, event_time_us=max(known.event_time_us, new.event_time_us))


def watermark_us(progress: Mapping[int, Progress]) -> int:
    """The event time before which everything was digested, by source partition; 0 while one has not reported.

    An idle partition does not hold it back; with all idle it follows the digesters' clock.
    """
    known = progress.values()
    if not known or len(known) < max(one.partitions for one in known):
        return NOTHING_YET
    busy = [one.event_time_us for one in known if not one.idle]
    return min(busy) if busy else min(one.at_us for one in known)
