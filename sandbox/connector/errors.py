"""Refusals in the connector's form."""


class ConnectorError(Exception):
    """A refusal in the connector's form."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


def unauthorized() -> ConnectorError:
    """Return the refusal of a caller without a valid token of a bot."""
    return ConnectorError(401, "Unauthorized", "Authorization has been denied for this request.")


def not_in_roster() -> ConnectorError:
    """Return the refusal of a bot that is not in the conversation."""
    return ConnectorError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")


def not_found(message: str) -> ConnectorError:
    """Return the refusal of a conversation or activity that is not there."""
    return ConnectorError(404, "ConversationNotFound", message)


def bad_request(message: str) -> ConnectorError:
    """Return the refusal of a malformed request."""
    return ConnectorError(400, "BadSyntax", message)
