"""The composition root: it makes every object of the server and connects them."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from app.engine.client.local import LocalEngine
from app.lessons.shelf import Shelf
from app.logs import Recent
from app.protocol.points import MAX_TABLE
from app.sandbox.client.live import LiveSandbox
from app.sandbox.client.sandbox import Sandbox
from app.sandbox.features import Insecure
from app.settings import Settings
from app.store.changes import Index
from app.store.store import Store
from app.tally import Tally
from app.web import connection
from app.web.admin.routes import Admin
from app.web.comparisons import routes as comparisons
from app.web.edge import access, health, openapi
from app.web.edge.base_path import BasePath
from app.web.edge.catalogue import Catalogue
from app.web.edge.cookies import Cookies
from app.web.edge.guard import BodyLimit, HostGuard, Hosts
from app.web.edge.headers import SecurityHeaders
from app.web.edge.limits import Limits
from app.web.edge.newest_wins import NewestWins
from app.web.edge.problems import Problems
from app.web.edge.proxies import TrustedProxies
from app.web.edge.quotas import SocketQuota
from app.web.edge.requests import Requests
from app.web.edge.sockets_over_http import SocketsOverHttp
from app.web.lessons import class_routes
from app.web.lessons import routes as lessons
from app.web.pages.assets import Assets
from app.web.pages.templates import Pages, Retention
from app.web.programs import exercises, topics
from app.web.programs import live_routes as live_programs
from app.web.programs import routes as programs
from app.web.programs import stream as program_stream
from app.web.programs.live import LivePrograms
from app.web.rooms import experiment, questions, results
from app.web.rooms import routes as rooms
from app.web.rooms import stream as room_stream
from app.web.rooms.rooms import Rooms
from app.web.runs import exports, figures, lookback, options, points, scripts, stream
from app.web.runs import routes as runs
from app.web.runs.formulas import Formulas
from app.web.runs.presence import Presence
from app.web.runs.registry import Registry
from app.web.runs.services import RunServices
from app.web.runs.snapshots import SnapshotTexts

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"


async def confine(sandbox: Sandbox) -> None:
    """Start the sandbox; end the server if this machine cannot confine programs as the settings demand."""
    try:
        await sandbox.start()
    except Insecure as error:
        logger.critical("%s", error)
        signal.raise_signal(signal.SIGTERM)


def add_admin(  # noqa: PLR0917
    app: FastAPI,
    services: RunServices,
    programs: LivePrograms,
    rooms: Rooms,
    recent: Recent,
    cookies: Cookies,
) -> None:
    """Serve what is for whoever runs the server, as far as the settings want it."""
    settings = services.settings
    if settings.admin_token is not None:
        token = settings.admin_token.get_secret_value()
        admin = Admin(services, programs, rooms, recent, cookies, version=VERSION, token=token)
        app.include_router(admin.router)
    if settings.metrics:
        from app.web.admin import metrics  # noqa: PLC0415, it needs what is slow to import and seldom wanted

        app.include_router(metrics.router(services, rooms, VERSION))
        if settings.metrics_port is not None:
            app.add_middleware(metrics.OwnPort, port=settings.metrics_port)


def connect(store: Store, registry: Registry, rooms: Rooms) -> None:
    """Have runs and rooms told what is stored, and what is deleted because nobody used it."""

    def restore(index: Index) -> None:
        registry.restore(index)
        rooms.restore(index)

    store.on_open = restore
    store.on_purge = lambda run_ids: registry.forget(*run_ids)
    store.on_room_purge, store.room_in_use = rooms.forget, rooms.in_use


def create_app(settings: Settings) -> FastAPI:
    """The product as one ASGI application."""
    catalogue = Catalogue(ROOT / "locales")
    assets = Assets(ROOT / "static", settings.root_path, bundled=not settings.dev)
    cookies = Cookies(settings.root_path, framed=bool(settings.frame_ancestors))
    pages = Pages(
        ROOT / "templates",
        assets,
        catalogue,
        cookies,
        retention=Retention(settings.store_retention, settings.room_retention),
        fresh=settings.dev,
        admin=settings.admin_token is not None,
    )
    tally, recent = Tally(), Recent()
    store = Store(settings, tally)
    engine, sandbox = LocalEngine(settings, store, tally), Sandbox(settings, tally=tally)
    presence = Presence(engine, settings.owner_grace)
    limits = Limits(settings.rate_limit, tally)
    registry = Registry(settings, store, engine.is_live, tally)
    live = LivePrograms(LiveSandbox(sandbox, settings), settings.owner_grace)
    classrooms = Rooms(settings, store, tally)
    thread = ThreadPoolExecutor(1)
    connect(store, registry, classrooms)
    engine.tell_gone(registry.forget)
    store.on_fatal = lambda: signal.raise_signal(signal.SIGTERM)
    store.in_use = engine.is_live
    engine.on_wake = lambda run_id: presence.expect(registry.first_of(run_id))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Pages are served at once, while both processes still import torch.
        store.start()
        engine.start()
        confining = asyncio.create_task(confine(sandbox))
        making = asyncio.create_task(asyncio.to_thread(make_routes, app))
        try:
            with recent.listening("app", "uvicorn"):
                yield
        finally:
            confining.cancel()
            await asyncio.wait([confining, making])
            await asyncio.gather(live.close(), classrooms.close())
            await asyncio.gather(presence.close(), engine.close(), sandbox.close())
            await store.close()
            thread.shutdown(wait=False, cancel_futures=True)

    app = FastAPI(
        title="Autograd Playground",
        version=VERSION,
        description="See PyTorch learn: live training, and gradients you can follow.",
        servers=[{"url": settings.root_path}] if settings.root_path else None,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = RunServices(
        settings=settings,
        catalogue=catalogue,
        engine=engine,
        store=store,
        sandbox=sandbox,
        formulas=Formulas(sandbox, limits),
        limits=limits,
        registry=registry,
        presence=presence,
        snapshots=SnapshotTexts(),
        newest_wins=NewestWins(),
        socket_quota=SocketQuota(settings.max_sockets, tally),
        thread=thread,
        tally=tally,
    )
    app.state.programs = live
    app.state.rooms = classrooms
    app.state.lessons = Shelf(*filter(None, [settings.lessons]))
    app.state.sockets_over_http = SocketsOverHttp(Hosts(settings))
    add_admin(app, app.state.services, live, classrooms, recent, cookies)
    add_edge(app, settings, catalogue, cookies, pages)
    Problems(catalogue).install(app)
    # Before the routes of GET /api/programs/{program_id} and the like: "stream" is the id of nothing.
    app.include_router(app.state.sockets_over_http.router)
    # Pages first, for they wait only for what stands before them: see make_routes.
    parts = (
        pages, assets,
        programs, live_programs, program_stream, topics, exercises, scripts, runs, lookback, exports,
        figures, comparisons, lessons, points, options, stream, rooms, room_stream, questions, experiment,
        results, class_routes, connection, health,
    )  # fmt: skip
    for part in parts:
        app.include_router(part.router)
    openapi.install(app)
    return app


def make_routes(app: FastAPI) -> None:
    """Have FastAPI make the routes now. Else the first request to come to them waits, and all others, too."""
    for route in app.router.routes:
        route.matches({"type": "http", "method": "GET", "path": "/", "headers": []})


def add_edge(app: FastAPI, settings: Settings, catalogue: Catalogue, cookies: Cookies, pages: Pages) -> None:
    """Put before all routes what every request has to pass. What is added last sees a request first."""
    app.add_middleware(BodyLimit, max_body=settings.max_body, others={points.PATH: MAX_TABLE})
    if settings.access != "open":
        phrase = access.PassPhrase.of(settings)
        app.add_middleware(
            access.Access,
            user_header=settings.access_header,
            phrase=phrase,
            catalogue=catalogue,
            page=pages.entrance,
            metrics=settings.metrics_port is not None,
        )
        if phrase:
            app.include_router(access.routes(phrase, cookies))
    app.add_middleware(HostGuard, hosts=Hosts(settings), catalogue=catalogue)
    app.add_middleware(SecurityHeaders, settings=settings)
    app.add_middleware(Requests, tally=app.state.services.tally)
    if settings.root_path:
        app.add_middleware(BasePath, root=settings.root_path)
    app.add_middleware(TrustedProxies, networks=settings.trusted_proxies, user_header=settings.access_header)
