"""Videos for Chromium's fake camera. They show drawn students, so that the project's pictures show no real faces."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 360  # pixels
FRAMES_PER_SECOND, FRAME_COUNT = 15, 15

Colour = tuple[int, int, int]
Mask = NDArray[np.bool_]
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnStudent:
    """The colours of a drawn student."""

    wall: Colour
    skin: Colour
    hair: Colour
    shirt: Colour


ALICE = DrawnStudent(wall=(203, 216, 214), skin=(242, 200, 168), hair=(122, 74, 44), shirt=(62, 84, 132))
BOB = DrawnStudent(wall=(214, 186, 146), skin=(150, 96, 66), hair=(44, 32, 30), shirt=(48, 110, 84))


def write_film(student: DrawnStudent, path: Path) -> Path:
    """Write a second of video in YUV4MPEG2, which Chromium repeats, to `path`; returns `path`."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420mpeg2\n".encode())
        for number in range(FRAME_COUNT):
            tilt = 3 * np.sin(2 * np.pi * number / FRAME_COUNT)
            file.write(b"FRAME\n" + _yuv_planes(_draw_frame(student, tilt=tilt)))
    return path


def _ellipse(x: float, y: float, width: float, height: float) -> Mask:
    inside: Mask = ((X - x) / width) ** 2 + ((Y - y) / height) ** 2 <= 1
    return inside


def _draw_frame(student: DrawnStudent, *, tilt: float) -> NDArray[np.float64]:
    frame = np.empty((HEIGHT, WIDTH, 3))
    frame[:] = np.array(student.wall) - (Y / HEIGHT * 26)[..., None]
    middle = WIDTH / 2 + tilt
    shapes: list[tuple[Mask, Colour]] = [
        (_ellipse(middle, 400, 190, 140), student.shirt),
        (_ellipse(middle, 262, 42, 60), _darker(student.skin)),
        (_ellipse(middle, 138, 92, 104), student.hair),
        (_ellipse(middle, 168, 74, 92), student.skin),
        (_ellipse(middle, 104, 76, 44), student.hair),
        (_ellipse(middle - 28, 168, 7, 9), (40, 36, 38)),
        (_ellipse(middle + 28, 168, 7, 9), (40, 36, 38)),
        (_ellipse(middle, 204, 26, 14) & (Y > 204), (150, 62, 58)),
    ]
    for mask, colour in shapes:
        frame[mask] = colour
    return frame


def _darker(colour: Colour) -> Colour:
    red, green, blue = (max(0, channel - 24) for channel in colour)
    return red, green, blue


def _yuv_planes(frame: NDArray[np.float64]) -> bytes:
    """Convert RGB by BT.601: luma in full size, both chroma planes in half."""
    red, green, blue = frame[..., 0], frame[..., 1], frame[..., 2]
    luma = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    chroma_blue = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
    chroma_red = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
    return b"".join(
        plane.round().astype(np.uint8).tobytes() for plane in (luma, chroma_blue[::2, ::2], chroma_red[::2, ::2])
    )
