"""Paraphrase practice: cards, drills, when a card comes again, and an exchange as a list of steps."""
