"""Tests that drive a real headless Chromium, and what they share."""

from .chromium import open_page

__all__ = ["open_page"]
