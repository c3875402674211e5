"""What can be asked of an event, by whoever reads the log: paths, FQL, filters. Pure."""
