"""Read other people's iCalendar files (RFC 5545), which are seldom quite as they should be.

    text ──▶ components ──▶ events, each by the zones of its own file ──▶ series expanded ──▶ the dates of a reading

An oddity costs at most the events that depend on it, and each of those is counted with its reason.
"""
