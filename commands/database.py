"""Sentences about a database that cannot be used. No register was read that names a language: they are in bokmål."""

from commands.session import DID_NOT_HOLD, WRONG_USE
from commands.words import TerminalWords


def explain_database(exc: Exception) -> tuple[int, list[str]] | None:
    """Return exit code and lines for an error of the database; None for any other error."""
    from sqlalchemy.exc import SQLAlchemyError

    from integration.database.register import CorruptRegister
    from integration.database.schema import LanguageOrder, SchemaNewer, SchemaOutdated
    from integration.database.sqlite import CannotOpen, DatabaseGone

    words = TerminalWords()
    match exc:
        case CannotOpen():
            return WRONG_USE, [words.say("database_closed", name=exc.name, reason=exc.reason)]
        case DatabaseGone():
            return DID_NOT_HOLD, [words.say("database_gone")]
        case CorruptRegister():
            first, number = exc.problems[0].said(words.language), len(exc.problems)
            return DID_NOT_HOLD, [words.say("register_damaged", problem=first, number=number)]
        case SchemaOutdated():
            return DID_NOT_HOLD, [words.say("schema_older")]
        case SchemaNewer():
            return DID_NOT_HOLD, [words.say("schema_newer")]
        case LanguageOrder():
            return DID_NOT_HOLD, [words.say("database_order")]
        case SQLAlchemyError():
            return DID_NOT_HOLD, [words.say("database_silent", error=type(exc).__name__)]
    return None
