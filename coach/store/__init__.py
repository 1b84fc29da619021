"""Sessions on the disk: facts, corrections and what was told, in one SQLite file."""
