"""What a talk means and what to say about it."""
