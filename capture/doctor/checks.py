"""The doctor: tries out everything the program needs on this machine, and names the exact remedy for what fails."""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2

from capture import advice as remedies
from capture.doctor.trials import CLIP_FRAMES, try_camera, try_recording
from capture.doctor.world import Check, State, World
from capture.language import tr, translate
from capture.read.reader import PageReader
from capture.sources.camera import size_and_rate
from capture.sources.open import silence_opencv
from capture.synthetic.page import page_of
from model.errors import DigitsError
from model.stderr import muted_stderr

OLDEST_PYTHON = (3, 11)
NEEDED = ("numpy", "ai-edge-litert", "av", "pillow", "imutils", "tqdm")
OPENCV_WHEELS = tuple(f"opencv-{kind}python{end}" for kind in ("", "contrib-") for end in ("", "-headless"))
SLOW_CAMERA_S = 5.0  # people take a longer wait for a crash
BLACK_LEVEL = 4  # mean grey level of a picture taken through a closed shutter
FINGERPRINT_DIGITS = 8
NAME_WIDTH = 15  # letters: of the longest name of a check, in French
TEST_PAGE = "4711 203\n98 5516"


def run_doctor(world: World | None = None) -> int:
    """Print each check as it is done, then the verdict; returns the exit code: 1 when the main job does not work."""
    has_failed = False
    for check in diagnose(world):
        has_failed |= check.state is State.FAIL
        print(as_text(check), flush=True)
    failed = tr("the digit reader does not work here yet: see FAIL above")
    print(failed if has_failed else tr("the digit reader works here"))
    return int(has_failed)


def as_text(check: Check) -> str:
    """Write one line, and a second with the remedy if there is one."""
    line = f"{check.state.value:5}{check.name:{NAME_WIDTH}}{check.found}"
    return f"{line}\n{'':5}{'':{NAME_WIDTH}}-> {check.remedy}" if check.remedy else line


def diagnose(world: World | None = None) -> Iterator[Check]:
    """Do all checks, one after the other."""
    silence_opencv()
    world = world or World()
    yield check_python(world)
    yield check_packages(world)
    yield check_opencv(world)
    yield check_display(world)
    yield from check_cameras(world)
    yield check_recording(world)
    yield check_page(world)
    yield check_reading(world)


def check_python(world: World) -> Check:
    """Check that Python is recent enough."""
    found = tr(
        "{version} on {system}, {count} processors",
        version=".".join(map(str, world.python)),
        system=platform.platform(terse=True),
        count=os.cpu_count(),
    )
    if world.python < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        return Check(
            "Python",
            State.FAIL,
            found,
            tr("install Python {wanted} or newer and make the environment anew with it", wanted=wanted),
        )
    return Check("Python", State.OK, found)


def check_packages(world: World) -> Check:
    """Check that all packages of the camera path are there."""
    versions = {package: world.version_of(package) for package in NEEDED}
    missing = [package for package, version in versions.items() if version is None]
    if missing:
        return Check(
            tr("packages"),
            State.FAIL,
            tr("missing: {names}", names=", ".join(missing)),
            f"pip install {' '.join(missing)}",
        )
    return Check(tr("packages"), State.OK, ", ".join(f"{package} {version}" for package, version in versions.items()))


def check_opencv(world: World) -> Check:
    """Check that there is just one OpenCV, one with windows: two wheels overwrite each other's files."""
    wheels = [wheel for wheel in OPENCV_WHEELS if world.version_of(wheel)]
    found = ", ".join(f"{wheel} {world.version_of(wheel)}" for wheel in wheels) or tr(
        "cv2 {version}, not by pip", version=cv2.__version__
    )
    if len(wheels) > 1:
        remedy = f"pip uninstall -y {' '.join(wheels)} && pip install opencv-python"
        return Check("OpenCV", State.WARN, tr("{found}: they overwrite each other", found=found), remedy)
    if wheels and wheels[0].endswith("headless"):
        remedy = f"pip uninstall -y {wheels[0]} && pip install opencv-python"
        return Check("OpenCV", State.WARN, tr("{found}: has no windows", found=found), remedy)
    return Check("OpenCV", State.OK, found)


def check_display(world: World) -> Check:
    """Check that a window can be opened."""
    if world.has_display():
        return Check(tr("display"), State.OK, tr("windows open ({kind})", kind=cv2.currentUIFramework()))
    return Check(
        tr("display"), State.WARN, tr("no window can be opened; everything else works"), remedies.for_display()
    )


def check_cameras(world: World) -> Iterator[Check]:
    """Check what each camera that opens gives; warn when none does, for photos and videos need none."""
    numbers = world.cameras()
    if not numbers:
        found = tr("none opens; photos, videos and --source demo work")
        yield Check(tr("camera"), State.WARN, found, remedies.for_camera())
    for number in numbers:
        yield _check_camera(world, number)


def _check_camera(world: World, number: int) -> Check:
    name = tr("camera {number}", number=number)
    with muted_stderr():
        trial = try_camera(lambda: world.open_camera(number), world.clock)
    if trial is None or trial.picture is None:
        return Check(name, State.WARN, tr("opens, but sends no picture"), translate(remedies.BUSY_CAMERA))
    height, width = trial.picture.shape[:2]
    found = tr(
        "{granted} through {backend}, first pictures after {wait_s:.1f} s",
        granted=size_and_rate(width, height, trial.fps),
        backend=trial.backend,
        wait_s=trial.wait_s,
    )
    if trial.picture.mean() < BLACK_LEVEL:
        return Check(name, State.WARN, tr("{found}: all black", found=found), translate(remedies.BLACK_CAMERA))
    if trial.wait_s > SLOW_CAMERA_S:
        return Check(name, State.WARN, tr("{found}: slow", found=found), remedies.for_slow_camera())
    return Check(name, State.OK, found)


def check_recording(world: World) -> Check:
    """Check that a clip can be written and read again, frame by frame."""
    try:
        with tempfile.TemporaryDirectory(prefix="digits-doctor-") as folder:
            trouble = try_recording(Path(folder) / "clip.mp4", world.record)
    except (DigitsError, OSError) as error:
        trouble = str(error)
    if trouble:
        return Check(tr("recording"), State.FAIL, trouble, translate(remedies.RECORDING))
    return Check(
        tr("recording"), State.OK, tr("{count} frames of H.264 video written and read again", count=CLIP_FRAMES)
    )


def check_page(world: World) -> Check:
    """Check that the browser page is served; warn when not, for the window and files need none."""
    name = tr("page")
    try:
        port = world.serve()
    except ImportError as error:
        found, _, remedy = remedies.for_import(error).partition("; ")
        return Check(name, State.WARN, found, remedy)
    except (DigitsError, OSError) as error:
        found = tr("is not served ({error}); all but --show browser works", error=error)
        return Check(name, State.WARN, found, translate(remedies.PAGE))
    return Check(name, State.OK, tr("served to browsers of this computer, at port {port}", port=port))


def check_reading(world: World) -> Check:
    """Check that the network is there and reads a page drawn for it."""
    name = world.weights.name
    try:
        classify = world.load(world.weights)
    except ImportError as error:
        found, _, remedy = remedies.for_import(error).partition("; ")
        return Check(tr("reading"), State.FAIL, found, remedy)
    except DigitsError as error:
        return Check(tr("reading"), State.FAIL, str(error).partition("; ")[0], translate(remedies.WEIGHTS))
    page = page_of(TEST_PAGE, size=(640, 480))
    start_s = world.clock()
    read = [number.text for number in PageReader(classify)(page.image).numbers]
    milliseconds = 1000 * (world.clock() - start_s)
    if read != page.numbers:
        found = tr(
            "{name} reads {read} where {written} is written",
            name=name,
            read=" ".join(read) or tr("nothing"),
            written=" ".join(page.numbers),
        )
        return Check(tr("reading"), State.FAIL, found, translate(remedies.WEIGHTS))
    found = tr(
        "{name} ({fingerprint}) reads a drawn page rightly, in {milliseconds:.0f} ms",
        name=name,
        fingerprint=fingerprint(world.weights),
        milliseconds=milliseconds,
    )
    return Check(tr("reading"), State.OK, found)


def fingerprint(weights: Path) -> str:
    """Return the first digits of the file's SHA-256, which tell one training's weights from another's."""
    return hashlib.sha256(weights.read_bytes()).hexdigest()[:FINGERPRINT_DIGITS]
