"""Set up a real installation: settings, keys, database, operator and first administrator.

Every answer can be given as an option, as an environment variable (the setting's own, or DIALTONE_SETUP_<NAME>), or in a
TOML file (--answers); at a terminal, what is missing is asked. All answers are checked before anything is written. It may be
run again: what is there stays, keys above all. There is no simulated data, and nothing of a sandbox works afterwards.

    dialtone --data-dir /var/lib/dialtone setup
    dialtone --data-dir /var/lib/dialtone setup --answers answers.toml --non-interactive
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from dialtone.cli import start
from dialtone.config import checks, environment, setting_up, supervise
from dialtone.config.environment import Environment
from dialtone.config.setting_up import QUESTIONS, Question


def add(parser: argparse.ArgumentParser) -> None:
    for question in QUESTIONS:
        if not question.is_secret:
            parser.add_argument(question.option, metavar="TEXT", help=question.text)
    parser.add_argument(
        "--admin-password-file",
        metavar="FILE",
        help="a file with the administrator's password; - is the standard input",
    )
    parser.add_argument(
        "--answers", metavar="FILE", type=Path, help='a TOML file with answers: operator = "…"'
    )
    parser.add_argument("--non-interactive", action="store_true", help="ask nothing, at a terminal either")
    parser.add_argument(
        "--skip-mail-check", action="store_true", help="do not try whether the mail server lets us in"
    )


def run(told: argparse.Namespace) -> int:
    data_dir = environment.data_directory()
    if (data_dir / "sandbox.json").exists():
        return start.refuse(
            f"{data_dir} holds a sandbox, and a sandbox stays one. Choose another data directory (--data-dir)."
        )
    try:
        with supervise.only_one(data_dir):
            return _set_up(told, data_dir)
    except supervise.AlreadyServed as error:
        return start.refuse(str(error))


def _set_up(told: argparse.Namespace, data_dir: Path) -> int:
    os.environ["DIALTONE_SANDBOX"] = "false"
    answers = _answers(told)
    asking = sys.stdin.isatty() and not told.non_interactive
    if asking:
        print("What stands in brackets is taken when you just press Enter.\n")
        _ask(answers, [each for each in QUESTIONS if each.is_setting], environment.read_file(data_dir))
    candidate = setting_up.candidate(data_dir, answers)
    wrong = setting_up.wrong_settings(candidate)
    wrong += [] if wrong or told.skip_mail_check else setting_up.wrong_mail(candidate)
    wrong += [] if wrong else setting_up.wrong_database(candidate)
    with ExitStack() as stack:
        is_there = (data_dir / "postgres" / "pgdata").exists()
        if candidate.embedded and is_there:
            stack.enter_context(start.embedded(candidate))
        found = setting_up.Found() if wrong else setting_up.look(candidate)
        if found.is_begun:
            wrong += setting_up.lost_keys(candidate)
        if not found.operator:
            if asking and not wrong:
                _ask(answers, [each for each in QUESTIONS if not each.is_setting], {})
            setting_up.fill_in(answers)
            wrong += setting_up.wrong_about_operator(answers)
        if wrong:
            return start.refuse_all("Nothing was written, because something is missing or cannot be:", wrong)
        for line in setting_up.write(candidate, answers):
            print(line)
        environment.load.cache_clear()
        if candidate.embedded and not is_there:
            stack.enter_context(start.embedded(candidate))
        return _begin(candidate, found, answers)


def _answers(told: argparse.Namespace) -> dict[str, str]:
    """From the options, else the environment, else the file of answers."""
    filed: Mapping[str, object] = tomllib.loads(told.answers.read_text()) if told.answers else {}
    unknown = set(filed) - {question.name for question in QUESTIONS}
    if unknown:
        known = ", ".join(question.name for question in QUESTIONS)
        raise start.Misused(f"{told.answers}: {', '.join(sorted(unknown))} is no answer. Known are: {known}.")
    answers = {name: str(value) for name, value in filed.items()}
    for question in QUESTIONS:
        variable = f"DIALTONE_SETUP_{question.name.upper()}"
        given = getattr(told, question.name, None) or os.environ.get(variable)
        if given:
            answers[question.name] = given
    if told.admin_password_file:
        file = told.admin_password_file
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
        answers["admin_password"] = text.partition("\n")[0]
    return {
        name: value.strip() if name != "admin_password" else value for name, value in answers.items() if value
    }


def _ask(answers: dict[str, str], questions: Sequence[Question], known: Mapping[str, object]) -> None:
    """Ask for what was not given, with what is known already between brackets."""
    for question in questions:
        if question.name in answers:
            continue
        if question.is_secret:
            answers |= _ask_password(question)
            continue
        shown = str(known.get(question.name, "")) or question.default
        typed = ""
        while not typed:
            typed = input(f"{question.text}{f' [{shown}]' if shown else ''}: ").strip() or shown
            if not question.is_needed:
                break
        if typed:
            answers[question.name] = typed


def _ask_password(question: Question) -> dict[str, str]:
    while True:
        typed = getpass.getpass(f"{question.text}: ")
        if not typed or typed == getpass.getpass("The same again: "):
            return {question.name: typed} if typed else {}
        print("These two differ.")


def _begin(candidate: Environment, found: setting_up.Found, answers: Mapping[str, str]) -> int:
    """Migrate, and make the operator and the administrator unless they are there."""
    supervise.check_call([*start.ME, "migrate"])
    start.django()
    from dialtone.base import installation, tenancy
    from dialtone.people import set_up

    with tenancy.operator_scope():
        installation.begin()
        wrong = checks.of_owner(candidate)
    if wrong:
        return start.refuse_all("This database belongs to another installation:", wrong)
    if found.operator:
        print(f"{found.operator} has been set up already; nobody was added.")
    else:
        password = answers.get("admin_password")
        made = set_up.first_operator(
            name=answers["operator"],
            email=answers["admin_email"],
            admin_name=answers.get("admin_name", ""),
            country=answers["country"],
            language=answers["language"],
            time_zone=answers["time_zone"],
            currency=answers["currency"],
            password=password,
        )
        print(f"made {made.operator.name} and its administrator {made.admin.email}")
        if not password:
            print("A letter that leads to a password is sent as soon as Dialtone runs.")
    print(
        f"\nReady. Start it with: dialtone --data-dir {candidate.data_dir} run\n"
        f"Then open {candidate.base_url}. Keep a copy of {candidate.keys_dir} in another place than the backups:"
        " without these keys, papers and webhook secrets are lost."
    )
    return 0
