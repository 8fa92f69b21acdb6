"""Where an address leads: looked for once, where it says all by itself."""

from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import ResolverMatch, RoutePattern


class Addresses(URLResolver):
    """All addresses; those in which nothing is left open (``verify/code/``) are remembered as they were found.

    Django tries one pattern after the other, some thirty for a page of the portal. Only what stands in the table as it
    is asked for is kept: nobody can make it grow.
    """

    def __init__(self, patterns: list[URLPattern | URLResolver]) -> None:
        super().__init__(RoutePattern(""), patterns)
        self._known: dict[str, ResolverMatch] = {}

    def resolve(self, path: Any) -> ResolverMatch:
        """Return what an address leads to.

        Raises:
            Resolver404: where it leads nowhere.

        """
        known = self._known.get(path)
        if known is None:
            known = super().resolve(path)
            if known.route == path:
                self._known[path] = known
        return known
