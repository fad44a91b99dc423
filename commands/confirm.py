"""Show what a command is about to do, and ask before it does it."""

import argparse
import sys
from collections.abc import Sequence

from commands.session import Usage, complain
from commands.words import TerminalWords

AGREED = {"j", "ja", "y", "yes"}


def add_yes(command: argparse.ArgumentParser) -> None:
    """Add the option `--yes` to a command that asks."""
    command.add_argument("--yes", action="store_true", help="do it without asking, for programs")


def is_confirmed(arguments: argparse.Namespace, words: TerminalWords, preview: Sequence[str], *, question: str) -> bool:
    """
    Return True when a person at the terminal answers *question* with yes, or the command has `--yes`.

    The *preview* is shown first, apart from the answer that a program may read. Raises Usage when there is neither a
    person to ask nor `--yes`: nothing is done unseen.
    """
    complain(*preview)
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise Usage(words.say("confirm_nobody"))
    sys.stderr.write(f"{question} {words.say('confirm_choices')} ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() in AGREED:
        return True
    complain(words.say("confirm_declined"))
    return False
