"""Which gateway is connected: by the settings, or the fake that a test puts in its place."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from janaseva.payments.adapters import Gateway
from janaseva.payments.adapters.signed import SignedGateway
from janaseva.payments.rules import signing

_instead: list[Gateway] = []


def connected() -> Gateway | None:
    """Return the connected gateway, or ``None`` where there is none."""
    if _instead:
        return _instead[-1]
    options = settings.OPTIONS
    base = signing.base_url(
        options.payment_gateway_url, demonstration=options.demonstration, public_url=str(options.public_url)
    )
    return SignedGateway(base=base, keys=settings.PAYMENT_GATEWAY_KEYS) if base else None


@contextmanager
def using(gateway: Gateway) -> Iterator[None]:
    """Put another gateway in the connected one's place, for a test or a rehearsal."""
    _instead.append(gateway)
    try:
        yield
    finally:
        _instead.remove(gateway)
