"""A guided talk as a list of steps: pure generators fed by events."""
