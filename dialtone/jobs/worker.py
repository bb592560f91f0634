"""The worker process: Procrastinate for the queue, and the sweeper in a thread."""

from __future__ import annotations

import asyncio
import threading

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.jobs import DeleteJobCondition

from dialtone.jobs import queue, sweeper


def main(concurrency: int = 4) -> None:
    """Work until SIGTERM or SIGINT; running jobs are finished first."""
    stop = threading.Event()
    thread = threading.Thread(target=sweeper.loop, args=(stop,), name="sweeper", daemon=True)
    thread.start()
    try:
        asyncio.run(work(concurrency))
    finally:
        stop.set()
        thread.join(10)


async def work(concurrency: int = 4, *, wait: bool = True) -> None:
    """Take jobs from the queue; with `wait=False`, until it is empty.

    The worker has an application object of its own: were the connector of the usual one replaced, a task that defers
    another would do so beside its transaction instead of in it.
    """
    working = DjangoApp(connector=PsycopgConnector(kwargs=queue.connection_arguments()))
    working.tasks = app.tasks
    async with working.open_async():
        await working.run_worker_async(
            concurrency=concurrency,
            wait=wait,
            fetch_job_polling_interval=1.0,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            shutdown_graceful_timeout=20,
            install_signal_handlers=wait,
        )
