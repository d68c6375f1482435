"""Figures for Prometheus: of this process; none of them names a station."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4


class Metrics:
    """What one process counts."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "mediabridge_hub_requests",
            "Requests of stations, by route and status.",
            ("route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "mediabridge_hub_request_seconds",
            "How long requests took.",
            ("route",),
            registry=self._registry,
        )
        self._received = Counter(
            "mediabridge_hub_received_bytes", "Bytes of parts.", registry=self._registry
        )
        self._cities = Gauge(
            "mediabridge_hub_cities", "Cities that are served.", registry=self._registry
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one request; *route* is a template, never a path."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def received(self, size: int) -> None:
        """Count the bytes of a part."""
        self._received.inc(size)

    def serves(self, cities: int) -> None:
        """Note how many cities are served."""
        self._cities.set(cities)

    def text(self) -> bytes:
        """Return the page that Prometheus fetches."""
        return generate_latest(self._registry)
