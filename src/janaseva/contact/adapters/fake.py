"""A way out in memory, for tests."""

from dataclasses import dataclass, field

from janaseva.contact.adapters import Outgoing, UndeliverableError, UnreachableError


@dataclass
class Fake:
    """Keeps what was sent; ``down`` makes it unreachable, ``refuses`` makes it refuse."""

    down: bool = False
    refuses: bool = False
    sent: list[Outgoing] = field(default_factory=list)

    def send(self, message: Outgoing) -> str:
        """Keep one message; see :class:`~janaseva.contact.adapters.Sender`."""
        if self.down:
            raise UnreachableError("down")
        if self.refuses:
            raise UndeliverableError("refused")
        self.sent.append(message)
        return str(len(self.sent))
