"""The tables, as numbered steps: `user_version` says how many a file has taken. A released step never changes."""

from __future__ import annotations

APPLICATION_ID = 0x414C4331
"""ALC1: how a database says that it is ours."""

FIRST = """
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('talk', 'recording', 'demo')),
  plan TEXT,
  names TEXT NOT NULL,                -- JSON list, in the order of the speakers' ids
  started_at TEXT NOT NULL,           -- ISO, local, with offset
  ended_at TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'ended')),
  duration_s REAL,
  keep_days INTEGER NOT NULL,         -- of the sound, after the end
  keeps_audio INTEGER NOT NULL
) STRICT;
CREATE TABLE entry (                  -- the session's log, as it happens
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX entry_of ON entry (session);
CREATE TABLE turn (                   -- while people talk; at the end the facts take their place
  session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (session, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE facts (                  -- what was heard: compressed JSON
  session TEXT PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE told (                   -- the summary of that day: compressed JSON, format 1
  session TEXT PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE correction (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX correction_of ON correction (session);
CREATE TABLE practised (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  card TEXT NOT NULL,
  drill TEXT NOT NULL,
  at TEXT NOT NULL,
  score REAL,
  result TEXT NOT NULL                -- JSON
) STRICT;
CREATE TABLE schedule (
  card TEXT PRIMARY KEY,
  body TEXT NOT NULL                  -- JSON of the scheduler
) STRICT;
CREATE TABLE voice (
  name TEXT PRIMARY KEY,
  embedding BLOB NOT NULL,            -- 256 float32
  at TEXT NOT NULL
) STRICT;
"""

SECOND = """
CREATE TABLE figures (                -- what trends compare, made from the facts: may go at any time
  session TEXT PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
  made_with TEXT NOT NULL,            -- the limits and the version of the counting
  body TEXT NOT NULL
) STRICT;
CREATE TABLE code (                   -- of a person's own half of the feedback
  name TEXT PRIMARY KEY,              -- casefolded
  salt BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
"""

STEPS = (FIRST, SECOND)
NEWEST = len(STEPS)
