"""The run's side of the page: when it goes on, when it waits, and what it tells."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from capture.boxes import Box
from capture.commands.command import Command
from capture.commands.correction import Correction, Piece
from capture.commands.session import Session
from capture.loop import Summary
from capture.sinks.recorder import Recorder
from capture.sinks.samples import SampleStore
from capture.sources.base import SourceOptions
from capture.sources.browser import BrowserSource
from capture.sources.canvas import DrawSource
from capture.sources.photos import open_photo
from capture.track.tracker import NoTracking
from capture.types import Digit, Frame, Number, Page
from capture.web.exchange import MAX_WAITING, Exchange
from capture.web.face import STILL_WAIT_S, BrowserFace, correction_state
from capture.web.messages import Do, Mouse
from capture.web.number_log import NumberLog
from capture.web.server import wake
from model.classifier import NO_DIGIT

IMAGE = np.full((120, 200, 3), 200, np.uint8)
SEVEN = Digit(Box(20, 50, 20, 30), 7, 0.9, np.zeros(11, np.float32))
PAGE = Page((SEVEN,), (Number("7", SEVEN.box, 0.9),))
PATIENCE_S = 0.15


@pytest.fixture
def made(tmp_path):
    def make(source):
        session = Session(source, NoTracking(0.5), Recorder(tmp_path), lambda image, trace: image // 2, tmp_path)
        exchange, viewers = Exchange(), SimpleNamespace(has_viewers=True, had_viewers=True)
        face = BrowserFace(session, exchange, NumberLog(), viewers)
        return SimpleNamespace(face=face, session=session, exchange=exchange, viewers=viewers, source=source)

    return make


@pytest.fixture
def live():
    return DrawSource(SourceOptions(200, 120, is_paced=True))


@pytest.fixture
def photos(photo):
    return open_photo(photo)


def show(one, source="draw"):
    one.face.status(Summary())
    return one.face.show(Frame(IMAGE, 0, 0.0, source), IMAGE.copy(), PAGE)


def ask_after(one, *asks, pause_s=PATIENCE_S):
    """Has a viewer ask for things, one after the other, while the run waits."""

    def ask():
        for each in asks:
            threading.Event().wait(pause_s)
            one.exchange.ask(each)

    threading.Thread(target=ask).start()


def test_a_live_run_never_waits_for_viewers(made, live):
    one = made(live)
    one.viewers.has_viewers = one.viewers.had_viewers = False
    one.face.wait_to_start()
    assert not show(one)
    assert one.exchange.newest.number == 1 and one.exchange.state["numbers"] == ["7"]


def test_photos_wait_for_somebody_to_open_the_page_and_then_for_a_command_each(made, photos):
    one = made(photos)
    one.viewers.had_viewers = False
    threading.Timer(PATIENCE_S, lambda: setattr(one.viewers, "had_viewers", True)).start()
    one.face.wait_to_start()
    assert one.viewers.had_viewers
    ask_after(one, Do(Command.PAUSE))
    assert not show(one, "a.png")


def test_a_paused_run_does_what_is_asked_and_shows_it(made, live):
    one = made(live)
    one.exchange.ask(Do(Command.PAUSE))
    ask_after(one, Do(Command.INSPECT), Do(Command.PAUSE))
    assert not show(one)
    assert (one.exchange.newest.picture == IMAGE // 2).all()
    assert one.exchange.newest.number >= 3, "as it came, paused, inspected"


def test_what_stands_still_is_not_published_again(made, live):
    one, told = made(live), []
    show(one)
    one.exchange.listen(lambda: told.append(one.exchange.newest.number))
    one.exchange.ask(wake)
    one.exchange.ask(Do(Command.MIRROR))
    show(one)
    assert told == sorted(told) and len(told) <= 3


def test_quitting_ends_the_run_also_before_a_first_picture(made, live):
    one = made(live)
    one.exchange.ask(Do(Command.QUIT))
    assert show(one)
    other = made(BrowserSource())
    ask_after(other, Do(Command.MIRROR), Do(Command.QUIT))
    other.face.wait_to_start()
    assert list(other.source) == []


def test_a_pages_picture_is_shown_on_until_the_next_one_comes(made):
    one = made(BrowserSource())
    one.source.offer(IMAGE, "a.jpg")
    one.face.wait_to_start()
    frame = next(iter(one.source))
    ask_after(one, Do(Command.MIRROR), lambda session: one.source.offer(IMAGE, "b.jpg"))
    assert not one.face.show(frame, IMAGE.copy(), PAGE)
    assert one.session.is_mirrored and one.source.has_news


def test_after_its_end_a_run_is_held_while_somebody_looks_on(made, photos, monkeypatch):
    monkeypatch.setattr("capture.web.face.GONE_AFTER_S", 2 * STILL_WAIT_S)
    one = made(photos)
    ask_after(one, Do(Command.SNAPSHOT), lambda session: setattr(one.viewers, "has_viewers", False))
    one.exchange.ask(Do(Command.PAUSE))
    show(one)
    one.face.hold_last()
    assert one.exchange.state["is_over"]
    assert one.session.snapshot, "what was asked for meanwhile is done"
    one.viewers.has_viewers = True
    one.exchange.ask(Do(Command.QUIT))
    one.face.hold_last()


def test_the_mouse_writes_where_the_page_shows_it(made, live):
    one = made(live)
    one.exchange.ask(Mouse(1, 1, 0.25, 0.5))
    show(one)
    assert live.canvas.image[60, 50].max() < 100
    assert live.canvas.image[60, 100].min() == 255


def test_the_page_has_buttons_for_what_makes_sense(made, live, photos):
    assert {"CLEAR", "RECORD"} <= set(made(live).exchange.state["commands"])
    assert not {"CLEAR", "RECORD"} & set(made(photos).exchange.state["commands"])


def test_a_snapshot_can_be_downloaded_by_its_name_and_its_path_stays_here(made, live, tmp_path):
    one = made(live)
    one.exchange.ask(Do(Command.SNAPSHOT))
    show(one)
    (snapshot,) = tmp_path.glob("*.png")
    assert one.exchange.files["snapshot"] == snapshot
    assert one.exchange.state["files"] == {"snapshot": snapshot.name}


@pytest.mark.parametrize("name, told", [("/home/me/photos/a.jpg", "a.jpg"), ("a.jpg", "a.jpg")])
def test_the_page_tells_no_folders_of_this_machine(made, photos, name, told):
    one = made(photos)
    one.exchange.ask(Do(Command.PAUSE))
    show(one, name)
    assert one.exchange.state["source"] == told
    assert "/" not in str(one.exchange.state)


def test_asks_are_bounded():
    exchange = Exchange()
    assert [exchange.ask(wake) for _ in range(MAX_WAITING + 1)] == [True] * MAX_WAITING + [False]


def test_the_page_asks_about_each_digit_in_its_turn(tmp_path):
    glyph = np.zeros((28, 28), np.uint8)
    pieces = [Piece(SEVEN.box, glyph, SEVEN), Piece(Box(120, 50, 20, 30), glyph)]
    correction = Correction(IMAGE, pieces, SampleStore(tmp_path))
    assert correction_state(correction) == {"asks": "ask_read", "digit": 7, "certainty": 90, "kept": 0}
    correction.answer(1)
    assert correction_state(correction) == {"asks": "ask_said", "digit": 1, "kept": 1}
    correction.answer(NO_DIGIT)
    assert correction_state(correction)["asks"] == "ask_no_digit"
    correction.point_at(125, 60)
    assert correction_state(correction)["asks"] == "ask_unread"
    assert correction_state(Correction(IMAGE, [], SampleStore(tmp_path))) == {"asks": "ask_nothing", "kept": 0}
