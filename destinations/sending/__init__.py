"""From a range of the log to the tools: what waits, requests and answers, and the books of both."""
