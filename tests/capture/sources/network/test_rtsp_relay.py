"""What an rtsp camera says, message by message: no redirect gets through, however it is dressed up."""

from __future__ import annotations

import pytest

from capture.sources.network.rtsp_relay import RedirectError, UnusualAnswerError, first_message

ANSWER = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
DESCRIPTION = b"RTSP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nv=0\r\n"
QUESTION = b"OPTIONS rtsp://cam/ RTSP/1.0\r\nCSeq: 302\r\n\r\n"
PACKET = b"$\0\0\4a\r\nb"
LEADS = b"RTSP/1.0 302 Moved\r\nlocation:  rtsp://elsewhere/\r\n\r\n"


@pytest.mark.parametrize("message", [ANSWER, DESCRIPTION, QUESTION, PACKET, b"\r\n", ANSWER.replace(b"\r", b"")])
def test_messages_come_one_by_one_as_soon_as_they_are_whole(message: bytes) -> None:
    for length in range(len(message)):
        assert first_message(bytearray(message[:length])) == b""
    for more in (b"", b"$", LEADS):
        assert first_message(bytearray(message + more)) == message


@pytest.mark.parametrize("status", [b"300", b"302", b"399"])
def test_a_redirect_is_told_before_its_body_has_come(status: bytes) -> None:
    data = LEADS.replace(b"302", status).replace(b"\r\n\r\n", b"\r\nContent-Length: 900\r\n\r\n")
    with pytest.raises(RedirectError) as led:
        first_message(bytearray(data))
    assert led.value.target == "rtsp://elsewhere/"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"RT\rSP/1.0 302 Moved\r\n\r\n", id="torn by a sign that FFmpeg passes over"),
        pytest.param(b"RTSP/1.0 +302\r\n\r\n", id="a sign before the status"),
        pytest.param(b"RTSP/1.0\v200 302\r\n\r\n", id="a space that is none"),
        pytest.param(b"RTSP/1.0 0302\r\n\r\n", id="a longer status"),
        pytest.param(b"RTSP/1.0\r\n\r\n", id="no status"),
        pytest.param(b"RTSP/1.0 200 OK\r\n$\0\0\4abcd\r\n\r\n", id="pictures among the headers"),
        pytest.param(b"RTSP/1.0 200 OK\r\nContent-Length: 2\r\nContent-Length: 0\r\n\r\n", id="two lengths"),
        pytest.param(b"RTSP/1.0 200 OK\r\nContent-Length: 0x9\r\n\r\n", id="a length that is no number"),
        pytest.param(b"RTSP/1.0 200 OK\r\nContent-Length:" + b" " * 2000 + b"9\r\n\r\n", id="a length far away"),
        pytest.param(b"a" * 20_000, id="a line without end"),
        pytest.param(b"a: b\r\n" * 4000, id="lines without end"),
    ],
)
def test_what_ffmpeg_may_understand_otherwise_ends_the_line(data: bytes) -> None:
    with pytest.raises(UnusualAnswerError):
        first_message(bytearray(data))
