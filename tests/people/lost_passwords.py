"""Make the list of passwords that nobody may choose: python -m tests.people.lost_passwords LIST."""

import argparse
from pathlib import Path

from janaseva.people.rules import MIN_PASSWORD_LENGTH
from janaseva.people.rules.breached import DIGEST_BYTES, written

TARGET = Path(__file__).resolve().parents[2] / "src" / "janaseva" / "people" / "lost" / "passwords"


def main() -> None:
    """Write the list and tell how many stand in it."""
    parser = argparse.ArgumentParser(prog="python -m tests.people.lost_passwords")
    parser.add_argument("source", type=Path, help="a file with one password a line")
    with parser.parse_args().source.open(encoding="utf-8", errors="replace") as lines:
        content = written(one for line in lines if len(one := line.rstrip("\n")) >= MIN_PASSWORD_LENGTH)
    TARGET.write_bytes(content)
    print(f"{len(content) // DIGEST_BYTES} passwords")


if __name__ == "__main__":
    main()
