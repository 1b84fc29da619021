"""A talk as it happens: hears, speaks, shows and keeps, driving the steps of a session."""
