"""The panel's pages, a module for each of their subjects."""
