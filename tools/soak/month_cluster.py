"""Calls rated on a real Ray cluster of two nodes on this machine, one of which is killed in mid-run: the same function, the same bytes
as in this process (issue 7; performance.md, section 2)."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

FILES = 40


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    folder = Path(tempfile.mkdtemp(prefix="dialtone-cluster-"))
    try:
        return _race(folder, 2_000_000 if full else 200_000)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _race(folder: Path, calls: int) -> list[str]:
    from dialtone.rates.files import rate_file

    prices = _prepare(folder, calls)
    sources = [folder / f"{at:03d}.calls" for at in range(FILES)]
    begun = time.monotonic()
    for each in sources:
        rate_file(str(each), prices, f"{each}.here")
    here = time.monotonic() - begun
    begun = time.monotonic()
    lost = _on_cluster([(str(each), prices, f"{each}.there") for each in sources])
    there = time.monotonic() - begun
    print(
        f"  month_cluster: {calls:,} calls in {FILES} files; here {here:.1f} s, on two nodes with start-up {there:.1f} s; {lost}",
        flush=True,
    )
    found = []
    for each in sources:
        here_is, there_is = Path(f"{each}.here"), Path(f"{each}.there")
        if not there_is.exists() or here_is.read_bytes() != there_is.read_bytes():
            found.append(f"{each.name} was not rated to the same bytes on the cluster")
    if lost.startswith("0 "):
        found.append("the node was killed before anything was done, so this test proves too little")
    return found


def _on_cluster(work: list[tuple[str, str, str]]) -> str:
    """Have it rated by the product's runner on a cluster whose second node dies when a fourth of the files are done."""
    import threading

    import ray
    from ray.cluster_utils import Cluster

    from dialtone.rates.cluster import on_cluster

    nodes = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "object_store_memory": 80 * 1024**2, "include_dashboard": False},
    )
    second = nodes.add_node(num_cpus=1, object_store_memory=80 * 1024**2)
    killed: list[str] = []

    def kill() -> None:
        while (done := sum(Path(each[2]).exists() for each in work)) < FILES // 4:
            time.sleep(0.01)
        nodes.remove_node(second, allow_graceful=False)
        killed.append(f"{done} files were done when the second node was killed")

    try:
        nodes.wait_for_nodes()
        watcher = threading.Thread(target=kill, daemon=True)
        watcher.start()
        on_cluster(nodes.address)(work)
        watcher.join(30)
        return killed[0] if killed else "0 files were done when the node was to be killed"
    finally:
        ray.shutdown()
        nodes.shutdown()


def _prepare(folder: Path, calls: int) -> str:
    """A price list of 20,000 prefixes, and files of calls of a hundred customers each."""
    from dialtone.rates import files, kernel
    from dialtone.rates.tables import PRICE, compile_tables

    chance = np.random.default_rng(7)
    prefixes = np.unique(chance.integers(10_000, 99_999, 20_000))
    rows = np.zeros(len(prefixes), PRICE)
    rows["prefix"], rows["length"] = prefixes, 5
    rows["row"]["per_minute"] = chance.integers(10**5, 10**8, len(rows))
    rows["row"]["first"], rows["row"]["following"] = 30, 6
    accounts = FILES * 100
    path = folder / files.TABLES
    plans = np.array([[0, -1, -1]] * accounts)
    compile_tables(rows, 1, plans, np.zeros(accounts), np.zeros((1, 1))).save(path)
    each = calls // FILES
    for at in range(FILES):
        made: Any = kernel.Calls(
            np.sort(chance.integers(at * 100, at * 100 + 100, each)).astype(np.int32),
            (chance.integers(10**10, 10**11, each) * 10**4 << 4) | 11,
            chance.integers(0, 10**12, each),
            chance.integers(0, 900, each).astype(np.int32),
            np.zeros(each, np.int8),
        )
        ids = np.frombuffer(chance.bytes(16 * each), "V16")
        files.write_calls(folder / f"{at:03d}.calls", ids, made, kernel.NOTHING_USED)
    return str(path)
