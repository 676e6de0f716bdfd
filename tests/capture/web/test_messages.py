"""What a page may say."""

import cv2
import pytest

from capture.commands.command import Command
from capture.commands.correction import Move
from capture.web.messages import Acknowledge, Do, Give, MessageError, Mouse, parse_message


@pytest.mark.parametrize(
    "text, message",
    [
        ('{"do": "PAUSE"}', Do(Command.PAUSE)),
        ('{"answer": 7}', Do(7)),
        ('{"answer": 10}', Do(10)),
        ('{"answer": "TAKE_BACK"}', Do(Move.TAKE_BACK)),
        ('{"mouse": ["down", "pen", 0.5, 0]}', Mouse(cv2.EVENT_LBUTTONDOWN, cv2.EVENT_FLAG_LBUTTON, 0.5, 0)),
        ('{"mouse": ["up", "eraser", 1, 1.5]}', Mouse(cv2.EVENT_RBUTTONUP, 0, 1, 1.5)),
        ('{"drawn": 12}', Acknowledge(12)),
        ('{"give": "camera"}', Give(is_sheet=False)),
        ('{"give": "sheet"}', Give(is_sheet=True)),
    ],
)
def test_each_message_has_its_meaning(text, message):
    assert parse_message(text) == message


@pytest.mark.parametrize(
    "text",
    [
        *("", "7", "[]", "{}", "null", "{", '"do"', '{"do": "PAUSE", "drawn": 1}', '{"open": "/etc/passwd"}'),
        *('{"do": "EXEC"}', '{"do": 1}', '{"do": null}', '{"do": ["PAUSE"]}', '{"do": "__class__"}'),
        *('{"answer": 11}', '{"answer": -1}', '{"answer": true}', '{"answer": 1.5}', '{"answer": "QUIT"}'),
        *('{"drawn": "1"}', '{"drawn": true}', '{"drawn": null}'),
        *('{"mouse": ["down", "pen", 0.5]}', '{"mouse": ["down", "axe", 0, 0]}', '{"mouse": ["down", "pen", "0", 0]}'),
        *('{"mouse": ["down", "pen", NaN, 0]}', '{"mouse": ["down", "pen", 1e9, 0]}', '{"mouse": 5}'),
        *('{"mouse": ["down", "pen", true, 0]}', '{"mouse": [[], "pen", 0, 0]}', "[" * 100_000),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(MessageError):
        parse_message(text)
