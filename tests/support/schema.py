"""A migration of a later version, as far as an earlier one can see it, and what another process does to a database."""

from sqlalchemy import create_engine, make_url, text

TAKEN_AWAY = (
    "insert into switch (name, set_at, value) values ('schema:oldest', '2030-01-01 00:00:00', :revision) "
    "on conflict (name) do update set value = excluded.value"
)
"""Is carried out by a migration that takes away or changes what earlier versions use."""


def change(database_url: str, *statements: str) -> None:
    """Change a database as a process of another version does, whatever its schema."""
    url = make_url(database_url)
    engine = create_engine(url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
