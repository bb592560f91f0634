"""The worker process: Procrastinate for the queue, and the sweeper in a thread."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from django.db import connection
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.jobs import DeleteJobCondition

from dialtone.jobs import sweeper


def connection_arguments() -> dict[str, Any]:
    """How the queue is reached: the application's login in the role `dialtone_worker`."""
    told = connection.settings_dict
    found = {
        "dbname": told["NAME"],
        "user": told["USER"],
        "password": told["PASSWORD"],
        "host": told["HOST"],
        "port": told["PORT"],
        "options": "-c role=dialtone_worker",
    }
    return {name: value for name, value in found.items() if value}


def main(concurrency: int = 4) -> None:
    """Work until SIGTERM or SIGINT; running jobs are finished first."""
    stop = threading.Event()
    thread = threading.Thread(target=sweeper.loop, args=(stop,), name="sweeper", daemon=True)
    thread.start()
    with app.replace_connector(PsycopgConnector(kwargs=connection_arguments())) as working:
        asyncio.run(_work(working, concurrency))
    stop.set()
    thread.join(10)


async def _work(working: Any, concurrency: int) -> None:
    async with working.open_async():
        await working.run_worker_async(
            concurrency=concurrency,
            fetch_job_polling_interval=1.0,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            shutdown_graceful_timeout=20,
        )
