"""A migration of a later version, as far as an earlier one can see it."""

TAKEN_AWAY = (
    "insert into switch (name, set_at, value) values ('schema:oldest', '2030-01-01 00:00:00', :revision) "
    "on conflict (name) do update set value = excluded.value"
)
"""Is carried out by a migration that takes away or changes what earlier versions use."""
