"""Made-up papers for journeys and demonstrations: real files, of which each says what it is."""

import functools
import io

from PIL import Image, ImageDraw

from janaseva.documents import rules as document_rules


@functools.cache
def received_paper(filename: str, words: str) -> document_rules.Received:
    """Return a made-up paper as it is once it was looked at and cleaned: that says the same of the same paper."""
    return document_rules.receive(filename=filename, content=sample_paper(words))


@functools.cache
def received_portrait() -> document_rules.Received:
    """Return a drawing in the shape of a passport photograph, as it is once it was looked at and cleaned."""
    return document_rules.receive(filename="photograph.png", content=sample_portrait())


@functools.cache
def sample_portrait() -> bytes:
    """Return a PNG of a drawn head and shoulders: a picture of nobody."""
    picture = Image.new("RGB", (350, 450), "#dfe7ee")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((45, 300, 305, 620), fill="#4a6274")
    pen.ellipse((110, 90, 240, 270), fill="#b98d6b")
    output = io.BytesIO()
    picture.save(output, format="PNG")
    return output.getvalue()


@functools.cache
def sample_paper(words: str) -> bytes:
    """Return a PNG of a made-up paper, so that uploads are real files."""
    picture = Image.new("RGB", (640, 420), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((12, 12, 628, 408), outline="black", width=3)
    pen.text((40, 60), f"Demonstration paper: {words}", fill="black")
    output = io.BytesIO()
    picture.save(output, format="PNG")
    return output.getvalue()
