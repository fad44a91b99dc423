"""Checks of what boards got, decided and learned, at the end of the demo. Pure, as all of them."""

from demo.evidence import Check, Evidence
from demo.learners import shared_lessons
from demo.people import AnswerHabit, Correction


def the_chain(evidence: Evidence) -> list[Check]:
    """Return the checks of what boards decide. In a rehearsal few on a board are reached, and none records minutes."""
    passes_on = any(part.passed_on for part in evidence.story.packages.values())
    return [
        a_question_was_answered_and_closed(evidence),
        *([a_question_was_passed_on_and_answered(evidence)] if passes_on else []),
        a_late_decision_shows(evidence),
        *([a_report_was_corrected(evidence, correction)] if (correction := evidence.story.correction) else []),
        *([drafts_were_gone_through(evidence)] if evidence.story.assessments else []),
        *([lessons_are_found(evidence)] if shared_lessons(evidence.story) else []),
        *([series_are_kept_apart(evidence)] if any(item.boards for item in evidence.programme.work_packages) else []),
    ]


def a_question_was_answered_and_closed(evidence: Evidence) -> Check:
    """Check that a question went to its board, was decided and answered there, and was closed in the next round."""
    return _lived(evidence, "a question was answered by its board and closed in the next round", passed_on=False)


def a_question_was_passed_on_and_answered(evidence: Evidence) -> Check:
    """Check that a question was passed on by its board's decision, and answered by the owner board."""
    return _lived(evidence, "a question was passed on by its board and answered by the owner board", passed_on=True)


def _lived(evidence: Evidence, what: str, *, passed_on: bool) -> Check:
    lives = evidence.played.ledger.questions
    asked = {
        key: part for key, part in evidence.story.packages.items() if part.question and part.passed_on is passed_on
    }
    found = {key: lives.get(key, ()) for key in asked}
    return Check(
        what=what,
        held=bool(found) and all(found[key] in _lives(part) for key, part in asked.items()),
        found="; ".join(f"{key}: {', '.join(states)}" for key, states in found.items()),
    )


def _lives(part: AnswerHabit) -> tuple[tuple[str, ...], ...]:
    """Return the lives that a question may have had: one that the owner board answers may have its end by then, too."""
    viewed, viewed_above = ("viewed",) * bool(part.view), ("viewed",) * bool(part.county_view)
    if part.passed_on:
        life = (*viewed, "on_agenda", "passed_on", *viewed_above, "on_agenda", "decided", "answered")
        return life, (*life, part.end)
    return ((*viewed, "on_agenda", "decided", "answered", part.end),)


def a_late_decision_shows(evidence: Evidence) -> Check:
    """Check that a decision whose day has passed stands first among those that its board follows up."""
    late = evidence.played.ledger.late
    return Check(what="a late decision stands first where its board looks", held=bool(late), found=", ".join(late))


def a_report_was_corrected(evidence: Evidence, correction: Correction) -> Check:
    """Check that a released report was corrected: once, for the story's reason, told, and beside the one before."""
    corrected = evidence.played.ledger.corrected
    board = evidence.programme.local_board(evidence.programme.work_package(correction.package).municipality).key
    found = [(item.meeting.partition("/")[0], item.why, item.kept) for item in corrected]
    return Check(
        what="a released report was corrected, told once more, and the one before is kept",
        held=found == [(board, correction.reason, 2)] and all(item.told > 0 for item in corrected),
        found="; ".join(f"{item.meeting}: {item.kept} editions, {item.told} told" for item in corrected),
    )


def drafts_were_gone_through(evidence: Evidence) -> Check:
    """Check that the leads who go through their first drafts in the story did, and nobody else."""
    programme, story = evidence.programme, evidence.story
    bodies = {programme.local_board(slug).key for slug in story.assessments}
    owner = programme.find_owner_board()
    if story.summing_up and owner is not None:
        bodies.add(owner.key)
    assessed = evidence.played.ledger.assessed
    return Check(
        what="leads went through their drafts, and what nobody went through says so",
        held={meeting.partition("/")[0] for meeting in assessed} == bodies,
        found=", ".join(assessed),
    )


def lessons_are_found(evidence: Evidence) -> Check:
    """Check that what a package shared is found by the leads of other municipalities."""
    found = evidence.played.lessons
    return Check(
        what="lessons are found by the leads of other municipalities",
        held=set(found) == shared_lessons(evidence.story).keys(),
        found=", ".join(found),
    )


def series_are_kept_apart(evidence: Evidence) -> Check:
    """Check that a package which reports to several boards stands in the reports of each."""
    programme, series = evidence.programme, evidence.played.ledger.series
    shared = {
        package.key: {programme.local_board(slug).key for slug in (package.municipality, *package.boards)}
        for package in programme.work_packages
        if package.boards
    }
    got = {key: tuple(body for body in series.get(key, ()) if body in boards) for key, boards in shared.items()}
    return Check(
        what="a package of several boards stands in the reports of each",
        held=all(set(got[key]) == boards for key, boards in shared.items()),
        found="; ".join(f"{key}: {', '.join(bodies)}" for key, bodies in got.items()),
    )
