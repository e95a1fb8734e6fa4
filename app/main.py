"""The composition root: what exists, and who gets what."""

from pathlib import Path

from fastapi import FastAPI

from app.settings import Settings
from app.web.assets import Assets
from app.web.catalogue import Catalogue
from app.web.guard import BodyLimit, HostGuard, Hosts
from app.web.headers import SecurityHeaders
from app.web.pages import Pages
from app.web.problems import Problems

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings) -> FastAPI:
    """The whole product as one ASGI application."""
    catalogue = Catalogue(ROOT / "locales")
    assets = Assets(ROOT / "static")
    app = FastAPI(title="Autograd Playground", docs_url=None, redoc_url=None, redirect_slashes=False)
    # The last one added sees a request first.
    app.add_middleware(BodyLimit, max_body=settings.max_body)
    app.add_middleware(HostGuard, hosts=Hosts(settings), catalogue=catalogue)
    app.add_middleware(SecurityHeaders)
    Problems(catalogue, settings.max_body).install(app)
    app.include_router(Pages(ROOT / "templates", assets, catalogue).router)
    app.include_router(assets.router)
    return app
