"""Protocols of the outside world, in our words: `integration/` implements them, tests write fakes of them.

Every call may raise the errors of `workflows.errors`. Reads may be repeated freely. A write says what a repeat does.
Moments are timezone-aware UTC unless a name says `local`.
"""
