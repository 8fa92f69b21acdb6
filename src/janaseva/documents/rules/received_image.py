"""Photos and scans: decoded within bounds, turned upright, shrunk, and written anew as JPEG without any metadata."""

import io
from typing import Final

from PIL import Image, ImageOps

from janaseva.core.refusal import Refusal

MAX_JPEG_PIXELS: Final = 64_000_000
"""More than a 10 MB photo of any present phone holds; a JPEG is decoded at reduced scale, so memory stays small."""
MAX_PIXELS: Final = 24_000_000
MAX_PIXEL_SCANS: Final = 16 * MAX_JPEG_PIXELS
"""Pixels times passes of a progressive JPEG; an honest one has about ten passes."""
MAX_SEGMENTS: Final = 2_000
"""Segments before the picture of a JPEG (ISO/IEC 10918-1, B.1.1.4): a photo has some dozens, one with a whole colour
profile and extended notes some hundreds; the decoder reads each with a call of its own."""
_MARK: Final = b"\xff"
_PICTURE_BEGINS: Final = (b"\xda", b"")
LONG_EDGE: Final = 2_000
TARGET_BYTES: Final = 500_000
QUALITIES: Final = (85, 75, 65, 55, 45)
PARTS: Final = (1.0, 0.82, 0.71, 0.63, 0.57)
"""What a page in each of these qualities comes to, beside the first; of photos and drawings alike, about."""

Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS


def _hold_segments(content: bytes) -> None:
    """Refuse a JPEG of endless segments before the decoder reads them one by one."""
    at = 2
    for _ in range(MAX_SEGMENTS):
        if content[at : at + 1] != _MARK or content[at + 1 : at + 2] in _PICTURE_BEGINS:
            return
        filling = content[at + 1 : at + 2] == _MARK
        at += 1 if filling else 2 + int.from_bytes(content[at + 2 : at + 4])
    message = "a JPEG of endless segments"
    raise ValueError(message)


def _within_bounds(image: Image.Image, content: bytes) -> None:
    pixels = image.width * image.height
    limit = MAX_JPEG_PIXELS if image.format in ("JPEG", "MPO") else MAX_PIXELS
    scans = max(1, content.count(b"\xff\xda")) if image.format in ("JPEG", "MPO") else 1
    if pixels > limit or pixels * scans > MAX_PIXEL_SCANS:
        raise Refusal("file_image_too_large", megapixels=limit // 1_000_000)


def _flat(image: Image.Image) -> Image.Image:
    """Return the image in grey or RGB, what was transparent on white."""
    if image.mode in ("L", "RGB"):
        return image
    if image.mode in ("1", "I;16", "I", "F"):
        return image.convert("L")
    if image.mode in ("RGBA", "LA", "PA", "P"):
        see_through = image.convert("RGBA")
        paper = Image.new("RGB", see_through.size, "white")
        paper.paste(see_through, mask=see_through.getchannel("A"))
        return paper
    return image.convert("RGB")


def clean_image(content: bytes) -> bytes:
    """Return the picture as a JPEG of at most 2,000 pixels on its long edge and about 500 kB.

    Raises:
        Refusal: ``file_image_too_large``, told from the header before anything is decoded.
        OSError: (or another error of the decoder) for a damaged file.

    """
    if content.startswith(b"\xff\xd8"):
        _hold_segments(content)
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("file_image_too_large", megapixels=MAX_JPEG_PIXELS // 1_000_000) from error
    _within_bounds(image, content)
    orientation = image.getexif().get(0x0112, 1)
    image.draft(None, _within_edge(*image.size))
    image.load()
    if image.mode not in ("L", "RGB", "LA", "RGBA"):
        image = _flat(image)
    image.thumbnail((LONG_EDGE, LONG_EDGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _upright(_flat(image), orientation)
    picture = Image.new(image.mode, image.size)
    picture.paste(image)
    return _small_enough(picture)


def _within_edge(width: int, height: int) -> tuple[int, int]:
    """Return the size that a picture shall have, so that a JPEG of twice that or more is decoded smaller at once."""
    longest = max(width, height, LONG_EDGE)
    return max(1, width * LONG_EDGE // longest), max(1, height * LONG_EDGE // longest)


def _small_enough(picture: Image.Image) -> bytes:
    """Return the picture in the first of our qualities in which it is small enough, or in the last.

    What the first one gives tells which it is likely to be: a page as a telephone takes it would else be written four
    times.
    """
    written = _in_quality(picture, QUALITIES[0])
    if len(written) > TARGET_BYTES:
        hoped = TARGET_BYTES * 1.05 / len(written)
        likely = next((place for place, part in enumerate(PARTS) if part <= hoped), len(PARTS) - 1)
        for quality in QUALITIES[max(1, likely) :]:
            written = _in_quality(picture, quality)
            if len(written) <= TARGET_BYTES:
                break
    return written


def _in_quality(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=False)
    return out.getvalue()


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return the image turned as its EXIF orientation (TIFF tag 274) says."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(image)
