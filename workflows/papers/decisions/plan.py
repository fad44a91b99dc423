"""The order in which a body's decisions and action items are listed."""

from datetime import date

from workflows.papers.minutes.model import Decision, Matter, Matters, MatterState


def matters_in_order(matters: Matters, today: date) -> tuple[tuple[Matter, ...], tuple[Matter, ...]]:
    """
    Return the matters that are followed up, the late ones first and then those due first, and those that have ended,
    the newest first. What was taken out of the minutes is left out.
    """
    there = [item for item in matters.all if (item.text if isinstance(item, Decision) else item.what)]
    still = [item for item in there if item.state is MatterState.OPEN]
    ended = [item for item in there if item.state is not MatterState.OPEN]
    still.sort(key=lambda item: (not item.is_late(today), item.due_on or date.max, item.key))
    ended.sort(key=lambda item: (item.meeting.rpartition("/")[2], item.key), reverse=True)
    return tuple(still), tuple(ended)
