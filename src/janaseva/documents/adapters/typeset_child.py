"""The typesetter's own process: reads letters from its input, writes PDF files to its output, knows nothing else.

It is started by :mod:`janaseva.documents.adapters.typesetting` with bounded memory and no way to the network; a letter
that runs too long is ended by the parent, which kills it. A letter's data lie in memory that the parent fills. Frames
are a 4-byte length and then bytes: a JSON request; the answer is one byte (0 PDF, 1 the letter is at fault) and what it
is.
"""

import json
import resource
import struct
import sys
from typing import Any, BinaryIO

import typst

STANDARDS = ["a-3a", "ua-1"]


def _read(source: BinaryIO) -> bytes | None:
    head = source.read(4)
    if len(head) < 4:  # noqa: PLR2004 - the length of a length
        return None
    (length,) = struct.unpack(">I", head)
    return source.read(length)


def _write(target: BinaryIO, kind: bytes, body: bytes) -> None:
    target.write(struct.pack(">I", len(body) + 1) + kind + body)
    target.flush()


def _set(compilers: dict[str, Any], fonts: Any, request: dict[str, Any]) -> bytes:
    root = request["root"]
    if root not in compilers:
        compilers[root] = typst.Compiler(
            b"",
            root=root,
            font_paths=fonts,
            package_path=request["library"],
            package_cache_path=request["data"],
        )
    set_letter = compilers[root].compile(
        input=request["main"].encode(),
        format=request["format"],
        ppi=request.get("ppi"),
        pdf_standards=STANDARDS if request["format"] == "pdf" else [],
        timestamp=request["timestamp"],
    )
    return set_letter if isinstance(set_letter, bytes) else b"".join(set_letter[:1])


def serve(fonts_folder: str, memory_bytes: int) -> None:
    """Set letters until the input ends."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts_folder])
    compilers: dict[str, Any] = {}
    while (raw := _read(sys.stdin.buffer)) is not None:
        try:
            _write(sys.stdout.buffer, b"\0", _set(compilers, fonts, json.loads(raw)))
        except (typst.TypstError, ValueError, RuntimeError) as error:
            told = f"{error} {getattr(error, 'diagnostic', '')}"
            _write(sys.stdout.buffer, b"\1", told.encode("utf-8", "replace")[:8_000])


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
