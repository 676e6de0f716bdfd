"""Waits of the real world, shortened."""

from __future__ import annotations

import pytest

from capture.sources import live


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of the real world, shortened."""
    monkeypatch.setattr(live, "EARLY_RETRY_S", 0.02)
    monkeypatch.setattr(live, "JOIN_S", 0.05)
    monkeypatch.setattr(live, "MAX_WAIT_S", 0.02)
