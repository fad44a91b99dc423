"""How long things take. Each module is a command of its own; figures stand in docs/benchmarks.md."""
