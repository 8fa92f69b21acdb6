"""Photographs of a person: which file is one, and how it is printed."""

import io
from typing import Final

from PIL import Image

from janaseva.core.refusal import Refusal
from janaseva.documents.rules.receiving import Received

LEAST_WIDTH: Final = 240
LEAST_HEIGHT: Final = 300
NARROWEST_PERCENT: Final = 65
"""Of its height. A passport photograph of 35 by 45 mm has 78, one of 50 by 50 mm has 100."""
PRINTED: Final = (480, 600)
"""Points of the photograph in a letter: 300 to the inch where it is printed 40 by 50 mm."""


def hold_portrait(received: Received) -> None:
    """Refuse what cannot be the photograph of a person: a PDF, a picture that lies on its side, or one that is tiny.

    Raises:
        Refusal: ``file_not_a_photograph``, ``file_photograph_small``, ``file_photograph_shape``.

    """
    if received.media_type != "image/jpeg":
        raise Refusal("file_not_a_photograph")
    with Image.open(io.BytesIO(received.content), formats=("JPEG",)) as picture:
        width, height = picture.size
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        raise Refusal("file_photograph_small", width=LEAST_WIDTH, height=LEAST_HEIGHT)
    if not NARROWEST_PERCENT * height <= 100 * width <= 100 * height:
        raise Refusal("file_photograph_shape")


def printed(content: bytes) -> bytes:
    """Return a photograph that was taken in, at the size at which a letter prints it."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
        picture.draft(None, PRINTED)
        picture.thumbnail(PRINTED, Image.Resampling.LANCZOS)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=85)
    return out.getvalue()
