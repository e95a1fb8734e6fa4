"""`GET /metrics`: numbers in the form of Prometheus, read from the server's parts when they are asked for."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple, TypeVar

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.tally import BOUNDS, Key, Tally, Times
from app.web.admin import status
from app.web.edge.access import METRICS
from app.web.edge.services import Services
from app.web.rooms.rooms import Rooms

LE = (*map(str, BOUNDS), "+Inf")

T = TypeVar("T")


class Counted(NamedTuple):
    """A metric made of a tally. labels: a kind has a word for each, of which the last may be longer."""

    name: str
    text: str
    labels: tuple[str, ...] = ()


COUNTS: Mapping[str, Counted] = {
    "step": Counted("steps", "Training steps of all runs."),
    "snapshot": Counted("snapshots", "Snapshots for viewers: sent, or skipped by slow ones.", ("outcome",)),
    "program": Counted("programs", "Programs, formulas and scripts, by how they ended.", ("outcome",)),
    "response": Counted("responses", "Answers by route.", ("method", "route", "status")),
    "limit": Counted("limits_met", "Refusals because a client reached a limit.", ("limit",)),
    "engine_end": Counted("engine_ends", "Engine processes that ended or were replaced."),
    "room": Counted("room_events", "What happened in classrooms.", ("event",)),
    "store_change": Counted("store_changes", "Changes written to the store."),
    "store_failure": Counted("store_failures", "Attempts of the store that failed.", ("kind",)),
}
TIMES: Mapping[str, Counted] = {
    "request": Counted("request_seconds", "From a request to its answer.", ("method", "route")),
    "program": Counted("program_seconds", "Running a program in its process.", ("kind",)),
    "program_wait": Counted("program_wait_seconds", "Waiting for a process."),
    "engine_command": Counted("engine_command_seconds", "From a command to its reply.", ("command",)),
    "store_write": Counted("store_write_seconds", "Writing changes, a commit each."),
}


class Collector:
    """The metrics of one server."""

    def __init__(self, services: Services, rooms: Rooms, version: str) -> None:
        self.services = services
        self.rooms = rooms
        self.version = version

    def collect(self) -> Iterator[Metric]:
        """Every metric as it is now."""
        yield InfoMetricFamily("playground_build", "The server.", {"version": self.version})
        yield from self._gauges()
        yield from counters(self.services.tally)
        yield from histograms(self.services.tally)

    def _gauges(self) -> Iterator[Metric]:
        services = self.services
        sandbox, store = services.sandbox, services.store
        yield gauge("runs", "Runs in memory, by status.", status.statuses(services), "status")
        yield gauge("runs_stored", "Runs in the store.", {"": store.n_runs})
        members = sum(len(live.present) for live in self.rooms.in_memory)
        yield gauge("rooms", "Classrooms, in memory or stored.", {"": self.rooms.n_rooms})
        yield gauge("room_members", "Members of classrooms that are present.", {"": members})
        yield gauge("sockets", "Open sockets.", {"": services.socket_quota.n_open})
        yield gauge("ready", "Whether a part works.", status.ready(services), "part")
        yield gauge("queue", "What waits for a part.", status.waiting(services), "part")
        yield gauge("programs_running", "Programs that run now.", {"": sandbox.load["running"]})
        features = sandbox.features
        barriers = features.model_dump() if features else {}
        yield gauge("barrier", "Barriers around programs; 0: not held.", barriers, "barrier")
        trouble: dict[str, int] = {} if store.trouble is None else {store.trouble: 1}
        yield gauge("store_trouble", "What keeps the store from writing.", trouble, "kind")
        yield gauge("store_bytes", "Size of what is stored, as of the last look.", {"": store.size})
        yield gauge(
            "memory_bytes", "Memory, shared parts counted in each.", status.memory(services), "process"
        )


def gauge(name: str, text: str, values: Mapping[str, float], label: str = "") -> Metric:
    """A metric with a value for each value of a label, or with one value and no label."""
    family = GaugeMetricFamily(f"playground_{name}", text, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], float(number))
    return family


def counters(tally: Tally) -> Iterator[Metric]:
    """The counts of a tally, those that are zero so far included."""
    for what, counted in COUNTS.items():
        family = CounterMetricFamily(f"playground_{counted.name}", counted.text, labels=counted.labels)
        for key, n in of(what, tally.counts.items()):
            family.add_metric(words(key, counted), n)
        if not counted.labels and not family.samples:
            family.add_metric([], 0)
        yield family


def histograms(tally: Tally) -> Iterator[Metric]:
    """The times of a tally."""
    for what, counted in TIMES.items():
        family = HistogramMetricFamily(f"playground_{counted.name}", counted.text, labels=counted.labels)
        for key, times in of(what, tally.times.items()):
            family.add_metric(words(key, counted), buckets(times), times.total)
        if not counted.labels and not family.samples:
            family.add_metric([], buckets(Times()), 0.0)
        yield family


def of(what: str, items: Iterable[tuple[Key, T]]) -> list[tuple[Key, T]]:
    """The counts of one thing, by kind."""
    return sorted(((key, value) for key, value in items if key.what == what), key=lambda item: item[0])


def words(key: Key, counted: Counted) -> list[str]:
    """The values of the labels of a kind."""
    return key.kind.split(" ", len(counted.labels) - 1) if counted.labels else []


def buckets(times: Times) -> list[tuple[str, float]]:
    """Prometheus's buckets: how many times were at most so long."""
    return list(zip(LE, accumulate(times.classes), strict=True))


class OwnPort:
    """Answers nothing but the metrics on their own port, where whoever may read them may do nothing else."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it with 404."""
        if scope["type"] != "lifespan" and port_of(scope) == self.port and scope["path"] != METRICS:
            await Response(status_code=404)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def port_of(scope: Scope) -> int | None:
    """The port that a request came to."""
    server = scope.get("server")
    return server[1] if server else None


def router(services: Services, rooms: Rooms, version: str) -> APIRouter:
    """The route, which answers on the port of the metrics only, if they have one."""
    own_port = services.settings.metrics_port
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector(services, rooms, version))
    routes = APIRouter()

    @routes.get(METRICS, include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if own_port is not None and port_of(request.scope) != own_port:
            raise HTTPException(404)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return routes
