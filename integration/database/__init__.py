"""The record: SQLite embedded, PostgreSQL in Azure."""
