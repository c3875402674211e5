"""What would happen to an event, step by step, at each destination of its source."""
