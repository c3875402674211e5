"""Doors for the worker."""

from django.utils import timezone

from .sending import ledger, shift


def deliver():
    """Send what waits; woken by appends, and by a schedule each minute."""
    return shift.work()


def forget_old():
    return ledger.forget_old(timezone.now())
