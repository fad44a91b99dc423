"""Agendas: what a meeting deals with, proposed by members and fixed before it."""
