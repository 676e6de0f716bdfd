"""The page in a real browser: seen, pressed, written on, photographed into; skips where there is no Chromium."""

import asyncio
import functools
import http.server
import re
import threading

import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.synthetic.page import page_of
from capture.types import Number
from tests.support.web.browser import WAIT_S, resize, wait_for
from tests.support.web.driving import (
    DESK,
    PHONE,
    SHEET,
    drag,
    drop,
    fetch,
    is_pressed,
    key,
    level_of_view,
    press,
    text_of,
    wait_for_numbers,
)
from tests.support.web.page_client import publish, serving

SEVEN = (0.36, 0.3), (0.43, 0.3), (0.45, 0.31), (0.42, 0.45), (0.39, 0.6)  # a stroke, in shares of the sheet


def test_a_run_is_watched_steered_and_ended(driver, visit, tmp_path):
    program = visit("--source", "demo:3")
    wait_for(lambda: re.search(r"\d", text_of(driver, "#now")), "numbers")
    wait_for(lambda: level_of_view(driver) > 20, "the picture")
    assert "token" not in driver.current_url
    press(driver, "RECORD")
    wait_for(lambda: is_pressed(driver, "RECORD"), "a recording")
    key(driver, "s")
    wait_for(lambda: text_of(driver, "[data-file=snapshot]"), "the snapshot")
    key(driver, "m")
    wait_for(lambda: is_pressed(driver, "MIRROR"), "the mirror")
    key(driver, "+")
    wait_for(lambda: text_of(driver, "#confidence") == "55 %", "more confidence")
    wait_for(lambda: text_of(driver, "#log li"), "a listed number")
    press(driver, "RECORD")
    wait_for(lambda: text_of(driver, "[data-file=recording]"), "the recording")
    for name, suffix in (("recording", ".mp4"), ("snapshot", ".png")):
        (made,) = tmp_path.glob(f"*{suffix}")
        size, kind = fetch(driver, name)
        assert size == made.stat().st_size > 0 and suffix[1:] in kind
    assert fetch(driver, "numbers.csv")[1].startswith("text/csv")
    press(driver, "PAUSE")
    wait_for(lambda: is_pressed(driver, "PAUSE"), "the pause")
    before = level_of_view(driver)
    key(driver, "d")
    wait_for(lambda: is_pressed(driver, "INSPECT") and abs(level_of_view(driver) - before) > 10, "what is seen")
    key(driver, "q")
    wait_for(lambda: "ended" in text_of(driver, "#banner"), "the end")
    assert program.process.wait(20) == 0


def test_the_pages_camera_is_read_and_drawn_back(driver, visit):
    visit("--source", "browser")
    wait_for(lambda: driver.find_elements("css selector", "#give:not([hidden])"), "the ways to give")
    driver.find_element("css selector", "[data-give=camera]").click()
    wait_for_numbers(driver, SHEET)
    wait_for(lambda: level_of_view(driver) > 60, "the sheet")
    assert driver.execute_script("const v = document.getElementById('view'); return [v.width, v.height]") == [1280, 720]
    driver.find_element("css selector", "#camera-switch").click()
    assert driver.execute_script("return document.getElementById('camera').srcObject") is None


def test_photos_are_chosen_dropped_and_refused(driver, visit, tmp_path):
    visit("--source", "browser", "--lang", "fr")
    wait_for(lambda: driver.find_elements("css selector", "#give:not([hidden])"), "the ways to give")
    photo = tmp_path / "sheet.png"
    cv2.imwrite(str(photo), page_of("4711", (320, 240)).image)
    driver.find_element("id", "photo-pick").send_keys(str(photo))
    wait_for_numbers(driver, ["4711"])
    drop(driver, cv2.imencode(".png", page_of("806", (320, 240)).image)[1], "image/png", times=2)
    wait_for_numbers(driver, ["806"])
    wait_for(lambda: "Une photo à la fois" in text_of(driver, "#give-note"), "what became of the other")
    drop(driver, np.frombuffer(b"%PDF-1.7", np.uint8), "application/pdf")
    wait_for(lambda: "pas une image lisible" in text_of(driver, "#give-note"), "the refusal")
    assert text_of(driver, "#log").split()[1::2] == ["806", "4711"], "newest first"
    assert text_of(driver, "#PAUSE span") == "Pause" and text_of(driver, "h1") == "Chiffres"


def test_a_folder_is_leafed_through_forward_and_back(driver, visit, tmp_path):
    (tmp_path / "photos").mkdir()
    for name, text in (("a.png", "17"), ("b.png", "806")):
        cv2.imwrite(str(tmp_path / "photos" / name), page_of(text, (640, 480)).image)
    visit("--source", "photos")
    steps = [("PAUSE", "b.png 2/2", "806"), ("PREVIOUS", "a.png 1/2", "17"), ("PAUSE", "b.png 2/2", "806")]
    wait_for(lambda: text_of(driver, "#now") == "17", "the first photo")
    assert text_of(driver, "#PAUSE span") == "Next photo" and text_of(driver, "#connection") == "Photo"
    assert text_of(driver, "#PREVIOUS") == "", "there is none before the first"
    for command, title, numbers in steps:
        wait_for(lambda command=command: text_of(driver, f"#{command}"), "the button")
        press(driver, command)
        wait_for(lambda title=title: text_of(driver, "#source") == title, title)
        wait_for(lambda numbers=numbers: text_of(driver, "#now") == numbers, numbers)


def test_what_is_written_on_the_page_is_read(driver, visit):
    visit("--source", "browser")
    wait_for(lambda: driver.find_elements("css selector", "#give:not([hidden])"), "the ways to give")
    driver.find_element("css selector", "[data-give=write]").click()
    drag(driver, "#pad", *SEVEN)
    wait_for_numbers(driver, ["7"])
    drag(driver, "#pad", *((x + 0.13, y) for x, y in SEVEN))
    wait_for_numbers(driver, ["77"])
    driver.find_element("id", "pad-undo").click()
    wait_for_numbers(driver, ["7"])
    driver.find_element("id", "pad-clear").click()
    wait_for(lambda: "nothing" in text_of(driver, "#now"), "an empty sheet")


def test_the_drawing_sheet_takes_the_mouse(driver, visit):
    visit("--source", "draw", "--size", "640x360")
    wait_for(lambda: driver.find_elements("css selector", "body.points"), "the sheet")
    drag(driver, "#view", *SEVEN)
    wait_for_numbers(driver, ["7"])
    key(driver, "c")
    wait_for(lambda: "nothing" in text_of(driver, "#now"), "an empty sheet")


def test_a_reading_is_corrected(driver, visit, tmp_path):
    photo = tmp_path / "sheet.png"
    cv2.imwrite(str(photo), page_of("4711", (320, 240)).image)
    visit("--source", photo, "--keep", tmp_path / "kept")
    wait_for_numbers(driver, ["4711"])
    key(driver, "w")
    wait_for(lambda: "What is it?" in text_of(driver, "#question"), "the question")
    key(driver, "9")
    wait_for(lambda: list((tmp_path / "kept" / "9").glob("*.png")), "the digit kept")
    driver.find_element("css selector", "[data-answer=TAKE_BACK]").click()
    wait_for(lambda: not list((tmp_path / "kept" / "9").glob("*.png")), "the digit taken back")
    driver.find_element("css selector", "[data-answer=END]").click()
    wait_for(lambda: not driver.find_element("id", "correction").is_displayed(), "the end of it")


def test_two_viewers_share_one_run(driver, visit):
    program = visit("--source", "demo")
    wait_for(lambda: level_of_view(driver) > 20, "the picture")
    driver.switch_to.new_window("tab")
    driver.get(program.url)
    wait_for(lambda: level_of_view(driver) > 20, "the picture in the second page")
    press(driver, "PAUSE")
    wait_for(lambda: is_pressed(driver, "PAUSE"), "the pause")
    driver.switch_to.window(driver.window_handles[0])
    wait_for(lambda: is_pressed(driver, "PAUSE"), "the pause in the first page")


def test_a_phone_shows_all_of_it_without_scrolling_sideways(driver, visit):
    visit("--source", "demo", size=PHONE, is_phone=True, is_dark=True)
    wait_for(lambda: re.search(r"\d", text_of(driver, "#now")), "numbers")
    assert driver.execute_script("return document.documentElement.scrollWidth") == PHONE[0]
    heights = driver.execute_script(
        "return [...document.querySelectorAll('#commands button')].map((one) => one.offsetHeight)"
    )
    assert len(heights) == 11 and min(heights) >= 44, "large enough for a finger"
    order = driver.execute_script(
        """const top = (id) => document.getElementById(id).getBoundingClientRect().top;
        return ["frame", "now", "commands", "log"].map(top);"""
    )
    assert order == sorted(order)


def test_over_the_network_a_browser_lends_no_camera_and_the_page_says_what_to_do(driver, visit):
    program = visit("--source", "browser", "--listen", "0.0.0.0")
    if "//127." in program.url:
        pytest.skip("needs a network")
    wait_for(lambda: driver.find_elements("css selector", "#give:not([hidden])"), "the ways to give")
    driver.find_element("css selector", "[data-give=camera]").click()
    wait_for(lambda: "Take a photo instead" in text_of(driver, "#give-note"), "the way out")
    assert "this computer: http://127.0.0.1:" in "".join(program.lines)


def test_a_lost_connection_is_taken_up_again_and_nothing_is_listed_twice(driver):
    state = {"numbers": ["17"], "files": {}, "commands": ["PAUSE"], "notes": [], "fps": 25, "min_confidence": 0.5}
    with serving() as served:
        publish(served.exchange, 90, recorded_s=None, source="demo", **state)
        for text in ("17", "4"):
            served.log.note([Number(text, Box(0, 0, 9, 9), 0.9)], 0.0, "demo", is_steady=True)
        resize(driver, *DESK)
        driver.get(served.server.url)
        wait_for(lambda: len(driver.find_elements("css selector", "#log li")) == 2, "the list")
        ((viewer, socket),) = served.server._viewers.items()
        asyncio.run_coroutine_threadsafe(socket.close(code=1011), served.server._loop).result(WAIT_S)
        wait_for(lambda: served.server._viewers and viewer not in served.server._viewers, "the page is back")
        served.log.note([Number("5", Box(0, 0, 9, 9), 0.9)], 0.0, "demo", is_steady=True)

        def shows_the_next_picture():
            publish(served.exchange, 200, recorded_s=None, source="demo", **state)  # one may come before the page waits
            return level_of_view(driver) > 150

        wait_for(shows_the_next_picture, "a new picture")
        assert re.findall(r"^\d+$", text_of(driver, "#log"), re.MULTILINE) == ["5", "4", "17"]
    driver.get_log("browser")  # the end of the server is noted there


STRANGER = """<!doctype html><script>
const said = [];
const note = (text) => { said.push(text); document.title = said.sort().join(" "); };
const socket = new WebSocket("ws://127.0.0.1:PORT/live");
socket.onopen = () => note("open"); socket.onerror = () => note("no-socket");
fetch("http://127.0.0.1:PORT/numbers.csv", { credentials: "include" }).then(() => note("read"), () => note("no-read"));
fetch("http://127.0.0.1:PORT/photo", { method: "POST", mode: "no-cors", credentials: "include", body: "x" })
  .then((answer) => note("posted-" + answer.type), () => note("no-post"));
const image = new Image(); image.onload = () => note("image"); image.onerror = () => note("no-image");
image.src = "http://127.0.0.1:PORT/icon.svg";
</script>"""


def test_another_sites_page_gets_nothing_though_the_browser_holds_the_cookie(driver, visit, tmp_path):
    program = visit("--source", "browser")
    port = program.url.split(":")[2].split("/")[0]
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text(STRANGER.replace("PORT", port))
    handler = functools.partial(QuietSite, directory=tmp_path / "site")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        driver.get(f"http://127.0.0.1:{site.server_port}/")
        wait_for(lambda: driver.title.count(" ") == 3, "what the stranger got")
        assert driver.title == "no-image no-post no-read no-socket"
        site.shutdown()
    driver.get_log("browser")  # which says so, too


class QuietSite(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass
