"""The tenant: the state of all products together, kept, put aside and handed on."""
