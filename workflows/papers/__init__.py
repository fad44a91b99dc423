"""Papers of a board: reports, agendas, minutes, and their copies on its site."""
