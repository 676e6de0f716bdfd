from dataclasses import replace

from capture.boxes import Box
from capture.commands.command import Command
from tests.support.sessions import SEVEN, FakePhotos, grey_of, photo, take, take_photos


def test_photos_wait_for_a_command_each(made):
    session = made(FakePhotos())
    for _ in range(2):
        take(session)
        assert session.stands_still
        session.do(Command.PAUSE)
        assert not session.stands_still


def test_one_can_go_back_through_the_photos_and_on_again(made):
    session = made(FakePhotos(), has_keys=True)
    take_photos(session, 2)
    take(session, 2, photo(2), readings=())
    seen = [grey_of(session)]
    for command in (Command.PREVIOUS, Command.PREVIOUS, Command.PREVIOUS, Command.PAUSE, Command.PAUSE):
        session.do(command)
        seen.append(grey_of(session))
        assert session.stands_still
    assert seen == [20, 10, 0, 0, 10, 20]
    session.do(Command.PAUSE)
    assert not session.stands_still, "the run goes on to a photo that was not shown yet"


def test_a_photo_that_is_gone_is_told_and_the_one_shown_stays(made):
    source = FakePhotos()
    source.gone = (0,)
    session = made(source)
    take_photos(session, 1)
    take(session, 1, photo(1), readings=())
    session.do(Command.PREVIOUS)
    assert grey_of(session) == 10 and session.stands_still
    assert "gone" in session.notes


def test_videos_have_no_photo_before(made):
    session = made()
    take(session)
    session.do(Command.PREVIOUS)
    assert not session.stands_still and not session.has_before


def test_photos_have_names_and_say_the_ways_on(made, monkeypatch):
    told = []
    monkeypatch.setattr(
        "capture.commands.shown.draw_page", lambda image, page, status=None, **_: told.append(status) or image
    )
    session = made(FakePhotos(), has_keys=True)
    take_photos(session, 1)
    take(session, 1, photo(1), readings=())
    assert told[-1].notes[:2] == ("1.jpg 2/3", "space: go on, b: back, h: help")


def test_a_photo_is_shown_anew_as_soon_as_another_confidence_is_asked_for(made):
    session = made(FakePhotos())
    doubtful = replace(SEVEN, box=Box(120, 50, 20, 30), confidence=0.52)
    take(session, readings=(SEVEN, doubtful))
    seen = []
    for command in (Command.STRICTER, Command.LAXER):
        session.do(command)
        seen.append([number.text for number in session.numbers])
    assert seen == [["7"], ["7", "7"]]
