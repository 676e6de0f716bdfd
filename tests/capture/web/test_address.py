"""Where the page is served."""

import io
import re
import sys

import pytest

from capture.web.address import FIRST_PORT, AddressError, bracketed, is_loopback, listen, parse_listen, tell_qr_code


@pytest.mark.parametrize(
    "text, address",
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("localhost", ("localhost", None)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
        ("[::1]:65535", ("::1", 65535)),
        ("[::]", ("::", None)),
    ],
)
def test_an_address_has_a_host_and_perhaps_a_port(text, address):
    assert parse_listen(text) == address


@pytest.mark.parametrize("text", ["", ":8080", "8080:", "host:0", "host:65536", "host:http", "::1:80", "a/b:80", "a b"])
def test_what_is_no_address_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=re.escape(f"{text}: is no address; write it as 127.0.0.1:8765")):
        parse_listen(text)


def test_the_first_free_port_is_taken_and_this_machine_alone_can_reach_it():
    first, second = listen(), listen()
    with first.socket, second.socket:
        assert FIRST_PORT <= first.port < second.port
        assert first.is_local
        assert first.url("abc") == f"http://127.0.0.1:{first.port}/?token=abc"


def test_a_port_that_is_taken_is_told_with_a_way_out():
    taken = listen()
    with taken.socket, pytest.raises(AddressError, match=rf"127.0.0.1:{taken.port}: cannot listen .*in use.*--listen"):
        listen("127.0.0.1", taken.port)


def test_a_host_of_another_machine_is_told():
    with pytest.raises(AddressError, match=r"192\.0\.2\.1:8765: cannot listen there"):
        listen("192.0.2.1", 8765)


def test_a_listener_for_the_whole_network_names_an_address_that_others_can_use():
    everywhere = listen("0.0.0.0")
    with everywhere.socket:
        assert not everywhere.is_local
        assert "0.0.0.0" not in everywhere.url("abc")


@pytest.mark.parametrize(
    "name, is_it", [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("x.org", False)]
)
def test_loopback_is_this_machine_only(name, is_it):
    assert is_loopback(name) is is_it


def test_ipv6_stands_in_brackets():
    assert (bracketed("::1"), bracketed("127.0.0.1")) == ("[::1]", "127.0.0.1")


def test_the_qr_code_is_drawn_on_stderr(monkeypatch):
    text = io.StringIO()
    monkeypatch.setattr(sys, "stderr", text)
    tell_qr_code("http://10.0.0.1:8765/?token=abc")
    assert len(text.getvalue().splitlines()) > 10
