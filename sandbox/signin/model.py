"""Providers of sign-in, and their refusals."""

from dataclasses import dataclass

ENTRA, ANSATTPORTEN = "entra", "ansattporten"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider as it is addressed: everything below *base*, without the sandbox's own address."""

    name: str
    issuer: str
    authorize: str
    token: str
    keys: str
    logout: str
    client_id: str
    methods: tuple[str, ...]
    acr_values: tuple[str, ...] = ()
    """The ways of signing in that it plays; none where nobody asks for one."""


class SignInError(Exception):
    """A refusal in OAuth's words: *error* for programs, the message for people."""

    def __init__(self, error: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error = error
        self.status = status
