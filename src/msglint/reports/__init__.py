"""What becomes of a run: reports for people and programmes, and repairs in the user's language."""
