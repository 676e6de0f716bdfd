"""How people come to the page."""

import sys

import pytest

from capture.web.page import has_desktop, tell_address

URL, LOCAL = "http://10.0.0.1:8765/?token=a", "http://127.0.0.1:8765/?token=a"


@pytest.mark.parametrize("is_watched", [True, False])
def test_on_this_machine_the_address_is_one_line(is_watched, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_watched)
    tell_address(LOCAL, LOCAL, is_local=True)
    assert capsys.readouterr().err == f"page: {LOCAL}\n"


@pytest.mark.parametrize("is_watched", [True, False])
def test_in_a_network_there_are_two_and_for_who_watches_a_code(is_watched, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_watched)
    tell_address(URL, LOCAL, is_local=False)
    first, second, *code = capsys.readouterr().err.splitlines()
    assert (first, second) == (f"page: {URL}", f"page on this computer: {LOCAL}")
    assert bool(code) is is_watched


@pytest.mark.parametrize(
    "platform, environment, has_one",
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"BROWSER": "firefox"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_a_browser_is_opened_beside_the_terminal_never_in_it(platform, environment, has_one, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_desktop() is has_one
