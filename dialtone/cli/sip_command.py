"""A switch for trying things out: Kamailio on loopback, which asks the authorisation program for each call.

Joins what is served from the data directory, or else serves it, too. SIPp is the phone; docs/operating/switch.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dialtone.cli import start
from dialtone.config import supervise
from dialtone.config.environment import REPO, load

DEPLOY = REPO / "deploy" / "kamailio"
MODULES = "usr/lib/*/kamailio/modules/app_python3.so"


@dataclass(frozen=True)
class Ports:
    """Loopback ports: phones, carriers, and the three next hops that somebody else (SIPp) answers on."""

    phones: int
    carriers: int
    carrier: int
    emergency: int
    media: int

    @staticmethod
    def beginning_at(first: int) -> Ports:
        return Ports(*range(first, first + 5))


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="the pages' port, where they are served, too")
    parser.add_argument(
        "--sip-port", type=int, default=5060, help="the first of five loopback ports (default: 5060)"
    )
    parser.add_argument(
        "--print", action="store_true", help="print the configuration's own part, for a real switch, and end"
    )


def run(told: argparse.Namespace) -> int:
    environment = load()
    ports = Ports.beginning_at(told.sip_port)
    if told.print:
        print(configuration(ports))
        return 0
    if not shutil.which("kamailio") or not any(Path("/").glob(MODULES)):
        return start.refuse(
            "Kamailio is not installed: apt-get install kamailio kamailio-python3-modules sip-tester.",
            start.AWAY,
        )
    taken = [port for port in (ports.phones, ports.carriers) if not _is_free(port)]
    if taken:
        return start.refuse(f"UDP port {taken[0]} is taken: choose others with --sip-port.")
    if not _is_served(environment.data_dir):
        words = ["run", "--host", told.host, "--port", str(told.port), "--sip-port", str(told.sip_port)]
        os.execv(sys.executable, [*start.ME, *words])
    print(greeting(ports), flush=True)
    words, variables = kamailio(environment.data_dir, ports)
    os.execvpe(words[0], words, {**os.environ, **variables})


def kamailio(data_dir: Path, ports: Ports) -> tuple[list[str], dict[str, str]]:
    """The command that runs the switch in the foreground, and what it finds in its environment."""
    folder, spool = data_dir / "sip", data_dir / "call-records" / "switch"
    for each in (folder, spool):
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "kamailio.cfg"
    file.write_text(configuration(ports))
    told = {"socket": str(data_dir / "authorise" / "ask.sock"), "records": str(spool)}
    words = ["kamailio", "-DD", "-E", "-m", "32", "-M", "8", "-Y", str(folder), "-f", str(file)]
    return words, {"DIALTONE_SWITCH": json.dumps(told)}


def child(data_dir: Path, first_port: int) -> list[str]:
    """The same as one command, for whoever supervises it."""
    words, variables = kamailio(data_dir, Ports.beginning_at(first_port))
    return ["env", *(f"{name}={value}" for name, value in variables.items()), *words]


def configuration(ports: Ports) -> str:
    """The part of the configuration that is a switch's own: addresses, next hops, and what may be an emergency code."""
    told = {
        "LISTEN_PHONES": f"udp:127.0.0.1:{ports.phones}",
        "LISTEN_CARRIERS": f"udp:127.0.0.1:{ports.carriers}",
        "PORT_OF_CARRIERS": str(ports.carriers),
        "NET_OF_PHONES": '"127.0.0.0/8"',
        "NET_OF_CARRIERS": '"127.0.0.0/8"',
        "HOP_CARRIER": f'"127.0.0.1:{ports.carrier}"',
        "HOP_EMERGENCY": f'"127.0.0.1:{ports.emergency}"',
        "HOP_MEDIA": f'"127.0.0.1:{ports.media}"',
        "SOS_IF_SILENT": f'"{sos_pattern(_all_codes())}"',
        "SWITCH_PY": f'"{DEPLOY / "dialtone_switch.py"}"',
    }
    lines = [f"#!define {name} {value}" for name, value in told.items()]
    return "\n".join(["#!KAMAILIO", *lines, f'include_file "{DEPLOY / "dialtone.cfg"}"', ""])


def sos_pattern(codes: Iterable[str]) -> str:
    """What may be an emergency code when nobody can be asked: each code, with a plus, any digit or a code such as *67 before it,
    separators between its digits, and a closing #. In doubt yes.

    >>> import re
    >>> found = re.compile(sos_pattern(["911"]))
    >>> [bool(found.search(each)) for each in ("911", "9911", "+911", "9-1-1", "911#", "*67911", "%2331%23911", "19110", "3125550911")]
    [True, True, True, True, True, True, True, False, False]
    """
    between = "[-. ]?"
    star = "([*#]|%23)"  # a SIP URI cannot hold # itself
    written = "|".join(between.join(code) for code in codes)
    return f"^[+]?({star}[0-9][0-9]{star}?)?([0-9]{between})?({written})(#|%23)?$"


def greeting(ports: Ports) -> str:
    """What to dial, and with what."""
    return f"""
A switch listens on udp 127.0.0.1:{ports.phones} (phones) and :{ports.carriers} (carriers).
It sends calls to :{ports.carrier} (public network), :{ports.emergency} (emergency service), :{ports.media} (phone menus).

Answer as the public network, and call as a phone with a number that can call (order one in an office first; the page Numbers has it):

  sipp -sf deploy/sipp/answer.xml -i 127.0.0.1 -p {ports.carrier} -bg
  sipp -sf deploy/sipp/call.xml -i 127.0.0.1 -m 1 -s 3125550123 -key caller +12125550101 127.0.0.1:{ports.phones}

Instead of 3125550123: 411 (refused), 442079460000 behind 011 (abroad), 911 (answer on :{ports.emergency}).
The records appear under Calls within a few seconds."""


def _all_codes() -> tuple[str, ...]:
    from dialtone.countries import emergency_codes

    return emergency_codes("", datetime.now(UTC).date())  # real time: the database may be away


def _is_served(data_dir: Path) -> bool:
    """Whether another process serves this data directory."""
    try:
        with supervise.only_one(data_dir):
            return False
    except supervise.AlreadyServed:
        return True


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
