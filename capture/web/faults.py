"""Turns what goes wrong in the page's server into one line on stderr; the run goes on."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

from aiohttp import web

from capture.language import tr
from capture.web.access import Handler


@web.middleware
async def catch_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn a fault of ours into one line on stderr: the run goes on, and so do the other pages."""
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError, asyncio.CancelledError):
        raise
    except Exception as error:
        tell_fault(error)
        raise web.HTTPInternalServerError from error


def tell_unexpected(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell what went wrong outside of any request; that a page has gone is nothing."""
    error = context.get("exception")
    if error is not None and not isinstance(error, ConnectionError):
        tell_fault(error)


def tell_fault(error: BaseException) -> None:
    """Print one line on stderr."""
    if sys.stderr is not None:
        print(tr("page: {error!a}; please report it", error=error), file=sys.stderr)


def silent_logger() -> logging.Logger:
    """Make a logger that prints nothing: anybody could fill the terminal with requests that are none."""
    logger = logging.getLogger(__name__)
    logger.disabled = True
    return logger
