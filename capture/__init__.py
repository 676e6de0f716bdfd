"""The camera path: from a source of frames to digits on the screen and in files.

Example:
    from capture import PageReader

    page = PageReader()(cv2.imread("a.jpg"))
    print([number.text for number in page.numbers], page.digits[0].box, page.digits[0].confidence)
"""

__all__ = ["PageReader"]


def __getattr__(name: str) -> type:
    """Import the reader when it is asked for: `import capture.types` must not cost OpenCV and the network."""
    if name == "PageReader":
        from capture.read.reader import PageReader  # noqa: PLC0415

        return PageReader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
