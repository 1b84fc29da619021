"""The measures: pure functions from what was said when to what happened."""
