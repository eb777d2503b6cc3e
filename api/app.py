"""The application, built from the parts it is given. Everything it knows comes in here."""

from __future__ import annotations

import difflib
import functools
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute

from api import errors
from api.documents import ProblemDocument
from api.gate import Gate
from api.kept_files import KeptFiles
from api.pages import Pages
from api.protocols import Actions, Jobs
from api.routers import (
    access,
    campaigns,
    collecting,
    costs,
    data_tables,
    demo,
    draft_tables,
    entities,
    explain,
    exports,
    imports,
    inbox,
    inventory,
    jobs,
    lines,
    loads,
    periods,
    pools,
    requests,
    reviews,
    rule_forms,
    rules,
    saved,
    secrets,
    sources,
    status,
    tables,
    tags,
    toil,
    upkeep,
)
from api.security import LOCAL_HOSTS, Door, permissions
from api.services import Heavy, Services
from api.settings import ApiSettings
from warehouse.metrics import AnswerCache

PREFIX = "/api/v1"
PARTS = (
    *(costs, explain, lines, sources, collecting, inventory, periods, secrets, loads),
    *(
        jobs,
        imports,
        rules,
        rule_forms,
        requests,
        reviews,
        pools,
        entities,
        inbox,
        toil,
        tags,
        campaigns,
        saved,
        exports,
        tables,
        data_tables,
        draft_tables,
        demo,
        upkeep,
        status,
    ),
)


def create_app(store: Any, jobs: Jobs, actions: Actions, settings: ApiSettings) -> FastAPI:
    """The ASGI application. `store` is a warehouse.store.Store; nothing here opens it or closes it."""
    door = Door(settings.token) if settings.token else None
    app = FastAPI(
        title="Outlay",
        version=settings.version,
        docs_url=None,  # their pages load scripts from another origin
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        routes=list(_routes()),
    )
    app.state.services = Services(
        store,
        jobs,
        actions,
        settings,
        Heavy(settings.heavy_max, settings.heavy_queue_max),
        door,
        AnswerCache(),
        KeptFiles(settings),
    )
    app.state.permissions = permissions(app)
    for kind in (HTTPException, RequestValidationError):  # all others reach the gate
        app.add_exception_handler(kind, answer_error)
    if settings.web and settings.web.is_dir():
        app.mount("/", Pages(settings.web))
    hosts = LOCAL_HOSTS | {host.lower() for host in settings.hosts}
    app.add_middleware(Gate, hosts=hosts, door=door, body_bytes_max=settings.body_bytes_max)
    return app


@functools.cache
def _routes() -> tuple[BaseRoute, ...]:
    """Every route. Working out what each takes and answers is most of what an application costs, and it is the same
    for all applications of a process: handlers find their own through the request."""
    made = FastAPI(
        openapi_url=None,
        generate_unique_id_function=_operation_id,
        responses={"default": {"model": ProblemDocument, "content": {errors.MEDIA_TYPE: {}}}},
    )
    for part in PARTS:  # not by a router between them, for which all would be worked out once more
        made.include_router(part.router, prefix=PREFIX)
    made.include_router(status.health, prefix=PREFIX)
    made.include_router(status.health, include_in_schema=False)
    made.include_router(access.router)
    return tuple(made.router.routes)


async def answer_error(request: Request, error: Exception) -> Response:
    """Problem details for what the framework refused."""
    document = errors.problem_of(error, request.state.request_id)
    if isinstance(error, HTTPException) and error.status_code == 404:
        document = _with_nearest(document, request)
    return errors.response(document, getattr(error, "headers", None))


def _with_nearest(document: ProblemDocument, request: Request) -> ProblemDocument:
    path = request.url.path
    known = sorted({name.partition(" ")[2] for name in request.app.state.permissions})
    nearest = difflib.get_close_matches(path[:200], known, n=3, cutoff=0.6)
    return document.model_copy(update={"detail": f"There is nothing at {path[:200]}.", "nearest": nearest})


def _operation_id(route: APIRoute) -> str:
    """The handler's name: it becomes the name of a type in the web client."""
    return route.name
