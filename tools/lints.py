"""House rules that no ready-made linter knows; each is a function over one file's syntax tree.

`python -m tools.lints` prints `file:line: rule: why` and exits with 1 if there is any. `tests/run/test_lints.py` proves
that each rule fires. A place that may break a rule is named here, with its reason, never in a comment of that place.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]

LOCK_FILES = ("requirements.txt", "requirements-dev.txt", "tools/uv.txt")


@dataclass(frozen=True)
class Finding:
    """A broken rule and where."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


@dataclass(frozen=True)
class Source:
    """A parsed Python file. `path` is relative to the repository."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each imported name stands for: `from datetime import datetime as d` gives d = datetime.datetime."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    found[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return found

    def uses(self) -> Iterator[tuple[int, str]]:
        """Every use of something imported, by its full name, and every import itself."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield node.lineno, f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Attribute):
                name = self.full_name(node)
                if name:
                    yield node.lineno, name

    def full_name(self, node: ast.expr) -> str | None:
        """`d.now` as datetime.datetime.now, if d was imported as that."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in self.imported:
            return ".".join([self.imported[node.id], *parts])
        return None

    def strings(self) -> Iterator[tuple[int, str]]:
        """Every string, also the fixed parts of f-strings, but no docstrings."""
        docstrings = {
            id(node.body[0].value)
            for node in self.nodes
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield node.lineno, node.value


Check = Callable[[Source], Iterable[tuple[int, str]]]


@dataclass(frozen=True)
class Rule:
    """A rule, the files it is for, and those that may break it."""

    name: str
    check: Check
    files: tuple[str, ...] = ("dialtone/*",)
    except_for: dict[str, str] = field(default_factory=dict)  # file pattern: reason

    def findings(self, source: Source) -> Iterator[Finding]:
        if not any(fnmatch(source.path, pattern) for pattern in self.files):
            return
        if any(fnmatch(source.path, pattern) for pattern in self.except_for):
            return
        for line, text in self.check(source):
            yield Finding(source.path, line, self.name, text)


CLOCKS = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.gmtime",
        "time.localtime",
        "django.utils.timezone.localdate",
        "django.utils.timezone.localtime",
        "django.utils.timezone.now",
        "django.db.models.functions.Now",
    }
)
SQL_CLOCK = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)"
    r"|\bcurrent_(timestamp|date|time)\b|\blocaltimestamp\b",
    re.IGNORECASE,
)


def real_clock(source: Source) -> Iterator[tuple[int, str]]:
    """Business code takes the time from `dialtone.base.clock` only (invariant D8)."""
    for line, name in source.uses():
        if name in CLOCKS:
            yield line, f"{name} does not follow the sandbox's clock: use clock.now()"
    for line, text in source.strings():
        found = SQL_CLOCK.search(text)
        if found:
            yield line, f"SQL's {found[0]} does not follow the sandbox's clock: pass clock.now()"


def async_defer(source: Source) -> Iterator[tuple[int, str]]:
    """A job deferred asynchronously survives the rollback of what caused it (measured: 0.17)."""
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {"defer_async", "batch_defer_async"}:
            yield node.lineno, f"{node.attr} survives a rollback: use dialtone.base.jobs.defer"


SESSION_SCOPE = re.compile(
    r"set_config\s*\([^()]*,\s*false\s*\)|\bset\s+(session\s+)?role\b|\bset\s+session\b", re.IGNORECASE
)


def session_scope(source: Source) -> Iterator[tuple[int, str]]:
    """A role or tenant set for the session stays on the pooled connection: the next request has it (0.8)."""
    for line, text in source.strings():
        found = SESSION_SCOPE.search(text)
        if found:
            yield line, f"{found[0]!r} outlives the transaction: open a scope (dialtone.base.tenancy)"


def float_money(source: Source) -> Iterator[tuple[int, str]]:
    """Money is Decimal, or whole micro-units in the rating kernel (architecture decision 7)."""
    for node in source.nodes:
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float where money is: use Decimal"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"the float {node.value!r} where money is: write Decimal('…')"


def heavy_phonenumbers(source: Source) -> Iterator[tuple[int, str]]:
    """These two cost 190 MB and seconds at import; our own small tables answer instead (stack notes, risk 7)."""
    for line, name in source.uses():
        if re.match(r"phonenumbers\.(geocoder|carrier)\b", name):
            yield line, f"{name} must not be loaded at run time"


ACTIVATING = "dialtone.numbers.mark_active"


def activation(source: Source) -> Iterator[tuple[int, str]]:
    """A number becomes active in one place, which looks at its emergency address first (invariant E1).

    The module is for the room `emergency`; its function of the same name for `emergency/activate.py`.
    """
    at_home = source.path.startswith("dialtone/emergency/")
    for line, name in source.uses():
        if name == f"{ACTIVATING}.mark_active" or (not at_home and re.match(rf"{ACTIVATING}\b", name)):
            yield line, "a number becomes active through dialtone.emergency.activate only"


def activation_call(source: Source) -> Iterator[tuple[int, str]]:
    """Also where numbers are locked for emergency addresses, only one file makes them active."""
    for line, name in source.uses():
        if name == "dialtone.numbers.mark_active.mark_active":
            yield line, "a number becomes active through dialtone.emergency.activate only"


GETTEXT = frozenset(
    {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
)


def built_msgid(source: Source) -> Iterator[tuple[int, str]]:
    """What is put together before it is translated is in no catalogue."""
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        name = source.full_name(node.func) or (
            source.imported.get(node.func.id, "") if isinstance(node.func, ast.Name) else ""
        )
        if not name.startswith("django.utils.translation.") or name.rpartition(".")[2] not in GETTEXT:
            continue
        for argument in node.args:
            formatted = isinstance(argument, ast.Call) and getattr(argument.func, "attr", "") == "format"
            if isinstance(argument, ast.JoinedStr) or formatted or _is_percent(argument):
                yield node.lineno, "translate the sentence first, then put values in: _('… %(name)s') % {…}"
                break


# What a migration may not do to a table that may be full, and the way round (D6, T13).
UNSAFE_OPERATIONS = {
    "AddIndex": "stops writers while it reads the whole table: AddIndexConcurrently, in a migration of its own",
    "AddConstraint": "reads the whole table with everybody kept out: AddConstraintNotValid, and validate it afterwards",
    "AlterField": "may write the whole table anew: a new field, or an exception that says why it does not",
    "RemoveField": "the version before still reads it: first a version that does not, then remove it",
    "RenameField": "the version before knows the old name: a new field",
    "RenameModel": "the version before knows the old name: a new model",
    "DeleteModel": "the version before still reads it: first a version that does not, then delete it",
    "AddField": "the version before leaves it out: null=True or a db_default",
}


def unsafe_migration(source: Source) -> Iterator[tuple[int, str]]:
    """A migration of a table that may be full keeps nobody out for long and leaves the version before working (D6, T13)."""
    calls = [(node, (source.full_name(node.func) or "").rpartition(".")[2]) for node in source.nodes if isinstance(node, ast.Call)]  # fmt: skip
    made = {_told_model(node, "name") for node, name in calls if name == "CreateModel"}
    for node, name in calls:
        if name not in UNSAFE_OPERATIONS or _told_model(node, "model_name") in made:
            continue
        if name == "AddField" and _may_be_left_out(node):
            continue
        yield node.lineno, f"{name} {UNSAFE_OPERATIONS[name]}"


def _told_model(call: ast.Call, keyword: str) -> str:
    told = [each.value for each in call.keywords if each.arg == keyword] or call.args[:1]
    return str(told[0].value).lower() if told and isinstance(told[0], ast.Constant) else ""


def _may_be_left_out(call: ast.Call) -> bool:
    told = {
        each.arg: each.value
        for node in ast.walk(call)
        if isinstance(node, ast.Call)
        for each in node.keywords
    }
    null = told.get("null")
    return "db_default" in told or (isinstance(null, ast.Constant) and null.value is True)


def _is_percent(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)


RULES = (
    Rule(
        "clock",
        real_clock,
        except_for={
            "dialtone/base/clock.py": "it is the clock",
            "dialtone/base/ids.py": "an id is ordered by when it was really made",
            "dialtone/base/audit.py": "compares ids, which hold real time",
            "dialtone/base/documents/blobs.py": "compares the times of files",
            "dialtone/jobs/queue.py": "asks which workers are alive",
            "dialtone/calls/server.py": "has no database: takes real time and the picture's distance from it",
            "dialtone/calls/spool.py": "compares the times of files",
            "dialtone/cli/sip_command.py": "the database may be away; asks which countries are served today",
            "dialtone/jobs/health.py": "asks which workers are alive",
            "dialtone/people/step_up.py": "compares the real times that allauth wrote into the session",
            "dialtone/people/company_sign_in.py": "tokens of other companies hold real time",
            "dialtone/config/setting_up.py": "no installation, no clock yet",
            "dialtone/config/checks.py": "before anything is served, no clock yet",
            "dialtone/config/keeping/*": "names folders by when they were really made",
        },
    ),
    Rule("async-defer", async_defer),
    Rule(
        "session-scope",
        session_scope,
        except_for={"dialtone/config/own_server.py": "its connection ends with its work"},
    ),
    Rule(
        "float-money",
        float_money,
        files=("dialtone/base/money.py", "dialtone/billing/*", "dialtone/rates/*", "dialtone/plans/*"),
    ),
    Rule("heavy-phonenumbers", heavy_phonenumbers),
    Rule(
        "activation",
        activation,
        except_for={
            "dialtone/emergency/activate.py": "the one that may",
            "dialtone/numbers/mark_active.py": "the verb itself",
            "dialtone/emergency/check_address.py": "locks numbers there, makes none active",
            "dialtone/emergency/deactivate.py": "makes numbers inactive",
            "dialtone/emergency/give_back.py": "locks numbers there, makes none active",
            "dialtone/emergency/in_service.py": "locks numbers there, activates them by emergency/activate.py",
            "dialtone/emergency/move_number.py": "locks numbers there, makes none active",
            "dialtone/emergency/own_address.py": "locks numbers there, makes none active",
        },
    ),
    Rule(
        "activation-call",
        activation_call,
        except_for={"dialtone/emergency/activate.py": "the one that may"},
    ),
    Rule("built-msgid", built_msgid),
    Rule(
        "unsafe-migration",
        unsafe_migration,
        files=("dialtone/*/migrations/*",),
        # All from before the first release: no table of theirs was ever full, and no version before had to go on.
        except_for={
            "dialtone/base/migrations/0005_organisations_papers.py": "columns may be empty from now on: nothing is read or written anew",
            "dialtone/support/migrations/0005_organisations_papers.py": "columns may be empty from now on: nothing is read or written anew",
            "dialtone/billing/migrations/0005_one_consent.py": "before the first release",
            "dialtone/billing/migrations/0011_payments_taken_back.py": "before the first release",
            "dialtone/billing/migrations/0012_payment_keys.py": "payments are written down by hand, so few rows are read; the field changes no column",
            "dialtone/billing/migrations/0013_charged_calls_checked_at_once.py": "drops a foreign key and reads no row; a month-end run of the version before is refused whole and goes on with the new one",
            "dialtone/billing/migrations/0015_wholesale.py": "columns may be empty from now on: nothing is written anew; the new indexes hold no row yet, and invoices are few beside their charges",
            "dialtone/billing/migrations/0017_charged_calls_by_call.py": "an index and a key are dropped: nothing is read or written anew, and the version before goes on filling the column",
            "dialtone/carriers/migrations/0004_by_hand.py": "before the first release",
            "dialtone/emergency/migrations/0004_own_addresses.py": "before the first release",
            "dialtone/locations/migrations/0003_links.py": "before the first release",
            "dialtone/numbers/migrations/0005_deliveries.py": "before the first release",
            "dialtone/numbers/migrations/0007_gone.py": "before the first release",
            "dialtone/orders/migrations/0006_longer_reasons.py": "before the first release; a longer varchar writes nothing anew",
            "dialtone/orders/migrations/0007_sealed_identity.py": "before the first release",
            "dialtone/people/migrations/0008_integrations.py": "before the first release",
            "dialtone/plans/migrations/0003_one_living.py": "before the first release",
            "dialtone/porting/migrations/0003_port_out.py": "before the first release",
            "dialtone/rates/migrations/0007_wholesale.py": "price lists are few, whatever stands in them",
            "dialtone/rates/migrations/0006_rated_calls_checked_at_once.py": "drops a foreign key and reads no row; the version before inserts as it did",
        },
    ),
)


def lint(source: Source) -> list[Finding]:
    """All broken rules of one file."""
    return [finding for rule in RULES for finding in rule.findings(source)]


def lint_lock(path: str, text: str) -> list[Finding]:
    """Lock files name no address: where packages come from is for the installing machine to say."""
    wanted = '"resolved"' if path.endswith(".json") else "://"
    return [
        Finding(path, number, "lock-address", f"a lock file may not hold {wanted}")
        for number, line in enumerate(text.splitlines(), 1)
        if wanted in line
    ]


def main() -> int:
    """Lint the whole repository."""
    found: list[Finding] = []
    for file in sorted((REPO / "dialtone").rglob("*.py")):
        found += lint(Source(file.relative_to(REPO).as_posix(), file.read_text()))
    for name in (*LOCK_FILES, "package-lock.json"):
        if (REPO / name).exists():
            found += lint_lock(name, (REPO / name).read_text())
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
