"""Papers as files: for governance, people, archive, research and evaluation; and the template of Word files."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from commands.session import DID_NOT_HOLD, DONE, Usage, complain, tell
from commands.subjects import imported_programme
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services
    from workflows.papers.handover import PutFile


GOVERNANCE = "governance"
KINDS = (GOVERNANCE, "files", "archive", "receipts", "journal", "research", "evaluation", "template")


async def papers(services: "Services", arguments: argparse.Namespace) -> int:
    """Write papers: for governance, people, archive, research or evaluation; read the archive's receipts."""
    from config.settings import variable
    from documents.look import BadLogo
    from documents.word_template import BadTemplate

    words = TerminalWords(await imported_programme(services))
    arguments.what = arguments.what or _kind_without_word(arguments.folder, words)
    if arguments.what == "receipts":
        return await _take_receipts(services, arguments, words)
    try:
        count = await _put(services, arguments, words)
    except BadLogo as exc:
        raise Usage(exc.said(variable("paper_logo"), words.language)) from exc
    except BadTemplate as exc:
        raise Usage(exc.said(variable("word_template"), words.language)) from exc
    tell(words.say(f"papers_{arguments.what}", count=count, folder=str(arguments.folder)))
    return DONE


async def _put(services: "Services", arguments: argparse.Namespace, words: TerminalWords) -> int:
    """Put the files that were asked for; return their number, or that of the rows or municipalities in them."""
    from config.settings import variable

    jobs = services.jobs.paper_files
    secret = services.settings.research_key.get_secret_value()
    if arguments.what == "research" and not secret:
        raise Usage(words.say("papers_no_key", name=variable("research_key")))
    if (arguments.what == "evaluation") is (arguments.year is None):
        raise Usage(words.say("papers_year", option="--year"))
    put = put_into(arguments.folder)
    match arguments.what:
        case "governance":
            return await _put_governance(services, put)
        case "archive":
            return await jobs.files.put_archive(put)
        case "journal":
            return await jobs.files.put_journal(put)
        case "research":
            return await jobs.extracts.put_research(put, secret)
        case "evaluation":
            return await jobs.extracts.put_evaluation(put, arguments.year)
        case "template":
            from documents.word_template import standard_template

            put("mal.docx", standard_template(jobs.look))
            return 1
    return await jobs.files.put_all(put)


async def _put_governance(services: "Services", put: "PutFile") -> int:
    from wiring.installation import installation_of
    from workflows.governance.papers import put_papers

    files = services.jobs.paper_files
    installation = installation_of(services.settings, await services.record.register.programme())
    return put_papers(installation, put, make_page=files.make_page, make_word=files.make_word)


def _kind_without_word(folder: Path, words: TerminalWords) -> str:
    """Return the kind of papers that a folder alone asks for; the name of a kind alone lacks its folder."""
    if str(folder) in KINDS:
        raise Usage(words.say("papers_folder", what=str(folder)))
    return GOVERNANCE


async def _take_receipts(services: "Services", arguments: argparse.Namespace, words: TerminalWords) -> int:
    """Read the archive's receipts out of a folder; say what it has, and what it refused or nobody understands."""
    from workflows.papers.archive.model import HandoverState

    taken = await services.jobs.paper_files.files.take_receipts(_files_in(arguments.folder))
    kept = [receipt for receipt in taken.receipts if receipt.state is HandoverState.KEPT]
    refused = [(receipt.key, receipt.problem) for receipt in taken.receipts if receipt.state is HandoverState.REFUSED]
    tell(words.say("papers_receipts", count=len(kept)))
    complain(*(f"{name}: {why}" for name, why in refused))
    complain(*(problem.said(f"{name}.xml", words.language) for name, problem in taken.problems))
    return DID_NOT_HOLD if refused or taken.problems else DONE


def _files_in(folder: Path) -> dict[str, bytes]:
    """Return the XML files of a folder by their names without the ending."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.xml"))}


def put_into(folder: Path) -> "PutFile":
    """Return the way to put files into a folder, which is made when it is not there. A file is there whole, or not."""
    folder.mkdir(parents=True, exist_ok=True)

    def put(name: str, content: bytes) -> None:
        part = folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)

    return put
