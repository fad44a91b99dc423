"""The terminal door: reads what a person wants, hands over to `commands/`, and turns errors into plain lines.

Exit codes: 0 done, 1 something did not hold, 2 wrong use or invalid input.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from inspect import cleandoc
from pathlib import Path
from textwrap import indent

from commands import (
    acceptance,
    audit,
    closing,
    lifecycle,
    meetings,
    papers,
    privacy,
    processes,
    register,
    rollout,
    rounds,
    sending,
    stopped,
)
from commands.confirm import add_yes
from commands.database import explain_database
from commands.examples import EXAMPLES, MUNICIPALITY
from commands.outside import explain_outside
from commands.session import DID_NOT_HOLD, DONE, WRONG_USE, Stopped, Usage, with_services
from commands.words import TerminalWords

__all__ = ["DID_NOT_HOLD", "DONE", "WRONG_USE", "create_parser", "main"]

JSON = "answer as JSON, for programs and in English"
SLUG = re.compile(r"[a-z][a-z0-9-]{0,30}")
NO_WAIT = "only order it: the running service carries it out, and nothing is asked of Microsoft 365 here"
PROGRAMME_FOLDER = "folder with the YAML of a programme"

Add = Callable[[str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]


def create_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands and their options; a command's docstring is its help."""
    parser = argparse.ArgumentParser(
        prog="vareunge", description="Runs the collaboration machinery of a programme in Microsoft 365."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=run.__doc__,
            description=cleandoc(run.__doc__ or ""),
            epilog=f"examples:\n{indent(EXAMPLES[name], '  ')}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=run, json=False)
        return command

    _add_processes(add)
    _add_register(add)
    _add_rollout(add)
    _add_lifecycle(add)
    _add_meetings(add)
    _add_rounds(add)
    _add_papers(add)
    _add_privacy(add)
    _add_sending(add)
    _add_audit(add)
    _add_acceptance(add)
    return parser


def _add_processes(add: Add) -> None:
    command = add("demo", processes.demo)
    command.add_argument("--programme", type=Path, metavar="DIR", help="play the programme in that folder instead")
    command.add_argument("--keep", action="store_true", help="leave it running and print the addresses")
    command.add_argument("--out", type=Path, metavar="DIR", help="keep traffic, reports, feed and database there")
    allow = "rehearse: nothing is sent to anybody but this address (may be given again), and that is checked"
    command.add_argument("--allow", action="append", metavar="ADDRESS", help=allow)
    command = add("sandbox", processes.sandbox)
    command.add_argument("--port", type=int, default=8365, help="port on this machine (default: 8365)")
    lag = "how long things take to be seen: not at all, seconds, or as published (default: none)"
    command.add_argument("--latency", choices=("none", "fast", "real"), default="none", help=lag)
    command.add_argument("--seed", type=Path, metavar="DIR", help="the programme whose people it knows")
    command.add_argument("--env", type=Path, metavar="FILE", help="write its settings for a shell to read")
    command = add("serve", processes.serve)
    command.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine alone)")
    command = add("tick", with_services(processes.tick))
    command.add_argument(
        "--now", type=_moment, metavar="ISO", help="set the sandbox's clock first, such as 2026-09-08T07:00:00Z"
    )
    add("migrate", with_services(processes.migrate, prepared=False))
    add("doctor", with_services(processes.doctor, prepared=False)).add_argument(
        "--json", action="store_true", help=JSON
    )
    command = add("stopped", with_services(stopped.stopped))
    again = "key of what is ordered again, as this command and the log have it (may be given again)"
    command.add_argument("--again", action="append", metavar="KEY", help=again)
    command.add_argument("--json", action="store_true", help=JSON)


def _add_register(add: Add) -> None:
    command = add("check", register.check)
    command.add_argument("folder", type=Path, metavar="DIR", help=PROGRAMME_FOLDER)
    command.add_argument("--json", action="store_true", help=JSON)
    command = add("import", with_services(register.import_))
    command.add_argument("folder", type=Path, metavar="DIR", help=PROGRAMME_FOLDER)
    add_yes(command)
    command = add("municipalities", with_services(register.municipalities))
    command.add_argument("action", choices=("import",), help="take the file in place of what was imported before")
    command.add_argument("file", type=Path, metavar="FILE", help="Klass 131 from Statistics Norway, JSON or CSV")
    target = "folder that the YAML is written to"
    add("export", with_services(register.export)).add_argument("folder", type=Path, metavar="DIR", help=target)


def _add_rollout(add: Add) -> None:
    command = add("plan", with_services(rollout.plan))
    command.add_argument("municipality", nargs="+", metavar="M", help=MUNICIPALITY)
    command.add_argument("--json", action="store_true", help=JSON)
    command = add("rollout", with_services(rollout.rollout, acts=_always))
    command.add_argument("municipality", nargs="*", metavar="M", help=MUNICIPALITY)
    command.add_argument("--all", action="store_true", help="every place of the programme")
    command.add_argument("--no-wait", action="store_true", help=NO_WAIT)
    restore = "bring a local edit that the plan shows back to the template (may be given again)"
    adopt = "take a group that people made for the place's own, by its object id"
    command.add_argument("--adopt", metavar="ID", help=adopt)
    command.add_argument("--restore", action="append", metavar="KEY", help=restore)


def _add_lifecycle(add: Add) -> None:
    for name, run in (
        ("drift", lifecycle.drift),
        ("guests", lifecycle.guests),
        ("partners", lifecycle.partners),
    ):
        add(name, with_services(run)).add_argument("--json", action="store_true", help=JSON)
    command = add("close", with_services(closing.close, acts=lambda arguments: arguments.apply))
    command.add_argument("--apply", action="store_true", help="close it; without, only show what stands open")
    command.add_argument("--proof", type=Path, metavar="DIR", help="write how everything was left: PDF, Word and JSON")
    command.add_argument("--no-wait", action="store_true", help=NO_WAIT)
    command.add_argument("--json", action="store_true", help=JSON)
    add_yes(command)
    command = add("wind-down", with_services(lifecycle.wind_down, acts=_always))
    command.add_argument("--no-wait", action="store_true", help=NO_WAIT)
    command.add_argument("--json", action="store_true", help=JSON)
    add_yes(command)


def _add_meetings(add: Add) -> None:
    command = add("meetings", with_services(meetings.meetings, acts=meetings.changes))
    command.add_argument("municipality", nargs="?", metavar="M", help=MUNICIPALITY)
    change = command.add_mutually_exclusive_group()
    book = "plan what is missing and bring it into calendars, after showing the mails that go out"
    change.add_argument("--book", action="store_true", help=book)
    change.add_argument(
        "--move", nargs=2, metavar=("KEY", "ISO"), help="move a meeting to another local time, such as 2026-09-08T09:00"
    )
    change.add_argument("--cancel", metavar="KEY", help="call off a meeting, by the key that the list shows")
    change.add_argument("--feed", metavar="KEY", help="show the secret address of a person's or body's calendar feed")
    change.add_argument(
        "--agenda", action="store_true", help="show the next agenda of the board, without M of the owner board"
    )
    command.add_argument("--reason", default="", help="with --move or --cancel: told to its people, once")
    renew = "with --feed: end the old address, of a person their own page's too, and give a new one"
    command.add_argument("--renew", action="store_true", help=renew)
    command.add_argument("--json", action="store_true", help=JSON)
    add_yes(command)


def _add_rounds(add: Add) -> None:
    command = add("status", with_services(rounds.status, acts=_always))
    command.add_argument("action", choices=("open", "send", "remind", "close", "renew"), help="the step")
    command.add_argument("municipality", metavar="M", help=MUNICIPALITY)
    command.add_argument("--number", type=int, default=1, help="with remind: which reminder (1 is the first)")
    renew = "with renew: end the personal links of this work package only, and send a new one"
    command.add_argument("--package", metavar="P", help=renew)
    command = add("report", with_services(rounds.report, acts=_always))
    command.add_argument("municipality", nargs="?", metavar="M", help=MUNICIPALITY)
    command.add_argument("--owner-board", action="store_true", help="the summary of all municipalities instead")


def _add_papers(add: Add) -> None:
    command = add("papers", with_services(papers.papers))
    what = (
        "governance (the default): papers that a county demands, of its own configuration; "
        "files: every paper as PDF and Word; archive: messages of Fiks Arkiv V2 with their files, but for those that "
        "the archive has; receipts: read the archive's answers, each named as the message that it answers; "
        "journal: every released paper with its state in the archive; "
        "research: the data set with its dictionary; evaluation: a year's extract; "
        "template: the Word file that papers are made from"
    )
    command.add_argument("what", nargs="?", choices=papers.KINDS, help=what)
    command.add_argument("folder", type=Path, metavar="DIR", help="the folder of the files")
    command.add_argument("--year", type=int, metavar="Y", help="the year of the evaluation")


def _add_privacy(add: Add) -> None:
    command = add("access-request", with_services(privacy.access_request))
    subject = "key or address of a person; or a case: a municipality, body, package, meeting or item (BODY/YEAR/NUMBER)"
    command.add_argument("subject", metavar="PERSON", help=subject)
    command.add_argument("folder", type=Path, metavar="DIR", help="the folder of the files")
    command = add("redact", with_services(privacy.redact))
    text = "the text that slipped in; left out, it is read from the input, so that no history of the shell keeps it"
    command.add_argument("text", nargs="?", metavar="TEXT", help=text)
    command.add_argument("--basis", default="", metavar="BASIS", help="the legal basis, which stays as the marker's")
    command.add_argument("--parts", action="store_true", help="also where it is a part of another word")
    command.add_argument("--apply", action="store_true", help="take it out; without, only show where it stands")
    command.add_argument("--json", action="store_true", help=JSON)
    command = add("retention", with_services(privacy.retention))
    command.add_argument("--apply", action="store_true", help="end it; without, only show what would end")
    command.add_argument("--json", action="store_true", help=JSON)


def _add_sending(add: Add) -> None:
    add("outbox", with_services(sending.outbox)).add_argument("--json", action="store_true", help=JSON)
    add("pause", with_services(sending.pause)).add_argument("municipality", nargs="?", metavar="M", help=MUNICIPALITY)
    add("resume", with_services(sending.resume)).add_argument("municipality", nargs="?", metavar="M", help=MUNICIPALITY)


def _add_audit(add: Add) -> None:
    command = add("audit", with_services(audit.audit))
    command.add_argument("--verify", action="store_true", help="compute every hash anew; exit code 1 when one differs")
    command.add_argument("--head", type=audit.head, metavar="NUMBER:HASH", help="with --verify: " + audit.HEAD_HELP)
    command.add_argument("--csv", type=Path, metavar="FILE", help="write all of it to a file")
    command.add_argument("--json", action="store_true", help=JSON)


def _add_acceptance(add: Add) -> None:
    command = add("acceptance", with_services(acceptance.acceptance, acts=_always))
    command.add_argument("slug", type=_slug, metavar="M", help="a throw-away municipality, which is in no register")
    command.add_argument("--owner", required=True, metavar="ADDRESS", help="an employee of the test tenant, who agreed")
    command.add_argument("--guest", required=True, metavar="ADDRESS", help="somebody of another tenant, who agreed")
    report = "the report (default: acceptance.md)"
    command.add_argument("--report", type=Path, default=Path("acceptance.md"), metavar="FILE", help=report)


def _slug(text: str) -> str:
    if not SLUG.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text}: expected small letters, digits and hyphens, such as prove")
    return text


def _always(arguments: argparse.Namespace) -> bool:
    del arguments
    return True


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: a moment needs its zone, such as 2026-09-08T07:00:00Z")
    return moment


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code. Wrong use ends with exit code 2."""
    arguments = create_parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except (KeyboardInterrupt, BrokenPipeError):
        return DID_NOT_HOLD
    except Exception as exc:
        code, lines = _explain(exc)
        if not lines:
            raise
        print("\n".join(lines), file=sys.stderr)
    return code


def _explain(exc: Exception) -> tuple[int, Sequence[str]]:
    """Return exit code and lines for an error that people can do something about; no lines for any other."""
    from pydantic import ValidationError

    from config.problems import InvalidInput
    from config.refused import explain_refused
    from texts import DEFAULT
    from wiring.outside import NotInThisPart
    from workflows.errors import OutsideError

    words = TerminalWords()
    about_database = explain_database(exc)
    if about_database is not None:
        return about_database
    match exc:
        case InvalidInput():
            return WRONG_USE, [problem.said(exc.language or DEFAULT) for problem in exc.problems]
        case Usage():
            return WRONG_USE, [str(exc)]
        case ValidationError() if exc.title == "Settings":
            return WRONG_USE, explain_refused(exc)
        case Stopped():
            return DID_NOT_HOLD, [str(exc)]
        case OutsideError() | NotInThisPart():
            return DID_NOT_HOLD, explain_outside(exc, words)
        case OSError(filename=str() | Path()):
            return WRONG_USE, [words.say("file_unusable", file=str(exc.filename), reason=exc.strerror or "")]
    return DID_NOT_HOLD, []


if __name__ == "__main__":
    sys.exit(main())
