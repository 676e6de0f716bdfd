"""A browser that is driven as a person uses one."""

import cv2

from capture.synthetic.page import page_of
from tests.support.web.browser import wait_for

SHEET = ["4711", "806"]


PHONE, DESK = (360, 740), (1280, 800)


def sheet_as_jpeg():
    return cv2.imencode(".jpg", page_of("\n".join(SHEET), (1280, 720)).image)[1].tobytes()


def text_of(driver, selector):
    return driver.execute_script(
        "const one = document.querySelector(arguments[0]); return one?.checkVisibility() ? one.innerText : ''", selector
    )


def press(driver, name):
    driver.execute_script(f"document.getElementById({name!r}).click()")


def key(driver, letters):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(letters).perform()


def is_pressed(driver, name):
    return driver.execute_script(f"return document.getElementById({name!r})?.ariaPressed === 'true'")


def wait_for_numbers(driver, numbers):
    wait_for(lambda: text_of(driver, "#now").split() == numbers, f"{numbers}; there is {text_of(driver, '#now')!r}")


def level_of_view(driver):
    """How light the picture is that the page shows, 0 to 255."""
    return driver.execute_script(
        """const view = document.getElementById("view");
        const { data } = view.getContext("2d").getImageData(0, 0, view.width, view.height);
        return data.reduce((sum, value) => sum + value) / data.length;"""
    )


def drag(driver, selector, *places):
    """Draw a stroke with the mouse; places in shares of the element's size."""
    from selenium.webdriver.common.action_chains import ActionChains

    sheet = driver.find_element("css selector", selector)
    width, height = sheet.size["width"], sheet.size["height"]
    moves = ActionChains(driver, duration=20)
    for number, (x, y) in enumerate(places):
        moves.move_to_element_with_offset(sheet, round((x - 0.5) * width), round((y - 0.5) * height))
        if number == 0:
            moves.click_and_hold()
    moves.release().perform()


def fetch(driver, name):
    """Download a file of the page, and return its length in bytes and its content type."""
    return driver.execute_async_script(
        """const [name, done] = arguments;
        const tell = async (answer) => [(await answer.arrayBuffer()).byteLength, answer.headers.get("content-type")];
        fetch(name).then(tell).then(done);""",
        name,
    )


def drop(driver, data, kind, times=1):
    """Drop a file of these bytes, a NumPy array, and of this content type on the page; so many of it at once."""
    driver.execute_script(
        """const [bytes, type, times] = arguments, transfer = new DataTransfer();
        const file = new File([new Uint8Array(bytes)], "dropped.png", { type });
        for (let i = 0; i < times; i++) transfer.items.add(file);
        const settings = { dataTransfer: transfer, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent("drop", settings));""",
        data.ravel().tolist(),
        kind,
        times,
    )
