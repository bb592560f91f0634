"""Rate files on a Ray cluster: the very same `files.rate_file`, as tasks. Needs the extra `cluster`, Dialtone installed on each node, and
one folder that all nodes share. A task whose node dies is run again elsewhere and leaves the same bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from dialtone.rates.files import rate_file

TRIES = 5  # of a task whose node died


def on_cluster(address: str) -> Callable[[Sequence[tuple[str, str, str]]], None]:
    """A function that has files rated on the cluster at an address ("auto" is this machine's). ImportError without Ray."""
    import ray

    def rate_all(work: Sequence[tuple[str, str, str]]) -> None:
        if not ray.is_initialized():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        task: Any = ray.remote(num_cpus=1, max_retries=TRIES)(rate_file)
        ray.get([task.remote(*each) for each in work])

    return rate_all
