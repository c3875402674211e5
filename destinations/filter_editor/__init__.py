"""Writing a filter: conditions beside their text, and what it would do to events that came in."""
