"""Each house rule fires on what it is against, and leaves its neighbours alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.lints import RULES, Source, lint, lint_lock

REPO = Path(__file__).resolve().parents[2]
SOMEWHERE = "dialtone/orders/place.py"
MIGRATION = "dialtone/orders/migrations/0099_more.py"
MIGRATIONS = "from django.db import migrations, models\n"

BAD = [
    ("clock", SOMEWHERE, "from datetime import datetime, UTC\nnow = datetime.now(UTC)"),
    ("clock", SOMEWHERE, "import datetime as d\nnow = d.datetime.utcnow()"),
    ("clock", SOMEWHERE, "from datetime import date\ntoday = date.today()"),
    ("clock", SOMEWHERE, "from django.utils import timezone\nfield(default=timezone.now)"),
    ("clock", SOMEWHERE, "import time\nwhen = time.time()"),
    ("clock", SOMEWHERE, "from time import time"),
    ("clock", SOMEWHERE, "from django.db.models.functions import Now"),
    ("clock", SOMEWHERE, "cursor.execute('UPDATE orders_order SET due_at = now()')"),
    ("clock", SOMEWHERE, "sql = f'INSERT INTO {t} VALUES (CURRENT_TIMESTAMP)'"),
    ("async-defer", SOMEWHERE, "async def f(task):\n    await task.defer_async(id=1)"),
    ("session-scope", SOMEWHERE, "cursor.execute(\"SELECT set_config('app.customer', %s, false)\")"),
    ("session-scope", SOMEWHERE, "cursor.execute('SET ROLE dialtone_operator')"),
    ("session-scope", SOMEWHERE, "cursor.execute('SET SESSION app.customer = 1')"),
    ("float-money", "dialtone/base/money.py", "def of(amount: float) -> None: ..."),
    ("float-money", "dialtone/billing/rules.py", "share = 0.5"),
    ("float-money", "dialtone/rates/kernel.py", "price = float(text)"),
    ("heavy-phonenumbers", SOMEWHERE, "from phonenumbers import geocoder"),
    ("heavy-phonenumbers", SOMEWHERE, "import phonenumbers.carrier"),
    ("heavy-phonenumbers", SOMEWHERE, "from phonenumbers.geocoder import description_for_number"),
    ("activation", SOMEWHERE, "from dialtone.numbers import mark_active"),
    ("activation", "dialtone/numbers/assign.py", "from dialtone.numbers.mark_active import mark_active"),
    ("activation", SOMEWHERE, "import dialtone.numbers.mark_active as made"),
    (
        "activation-call",
        "dialtone/emergency/deactivate.py",
        "from dialtone.numbers import mark_active\nmark_active.mark_active([], None)",
    ),
    ("built-msgid", SOMEWHERE, "from django.utils.translation import gettext as _\n_(f'{n} numbers')"),
    ("built-msgid", SOMEWHERE, "from django.utils.translation import gettext as _\n_('%s numbers' % n)"),
    ("unsafe-migration", MIGRATION, f"{MIGRATIONS}migrations.RemoveField('order', 'status')"),
    ("unsafe-migration", MIGRATION, f"{MIGRATIONS}migrations.AddIndex(model_name='order', index=None)"),
    (
        "unsafe-migration",
        MIGRATION,
        f"{MIGRATIONS}migrations.AddField('order', 'x', models.TextField(default=''))",
    ),
    ("built-msgid", SOMEWHERE, "from django.utils import translation\ntranslation.gettext('{} x'.format(n))"),
]

GOOD = [
    "from dialtone.base import clock\nnow = clock.now()",
    "import time\nbegun = time.monotonic()",
    'def now():\n    """The answer of now(), not of datetime.now()."""',
    "cursor.execute(\"SELECT set_config('app.customer', %s, true)\")",
    "cursor.execute('SET LOCAL ROLE dialtone_customer')",
    "class Fake:\n    def now(self): ...\nfake = Fake()\nfake.now()",
    "import phonenumbers\nphonenumbers.parse('+12125550123')",
    "from django.utils.translation import gettext as _\n_('%(n)s numbers') % {'n': n}",
    "timeout = 0.5",
    "task.defer(id=1)",
]
SAFE_MIGRATIONS = [
    "migrations.AddField('order', 'x', models.TextField(null=True))",
    "migrations.AddField('order', 'x', models.BooleanField(default=False, db_default=False))",
    "migrations.CreateModel(name='Order')\nmigrations.AddConstraint(model_name='order', constraint=None)",
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_it_fires(rule: str, path: str, text: str) -> None:
    assert rule in {finding.rule for finding in lint(Source(path, text))}


@pytest.mark.parametrize("text", GOOD)
def test_it_stays_silent(text: str) -> None:
    assert lint(Source(SOMEWHERE, text)) == []


@pytest.mark.parametrize("text", SAFE_MIGRATIONS)
def test_a_migration_that_keeps_nobody_out_passes(text: str) -> None:
    assert lint(Source(MIGRATION, MIGRATIONS + text)) == []


def test_every_rule_is_proved_to_fire() -> None:
    assert {rule for rule, _, _ in BAD} == {rule.name for rule in RULES}


def test_a_finding_names_its_place() -> None:
    (finding,) = lint(Source(SOMEWHERE, "x = 1\nimport phonenumbers.carrier"))
    assert str(finding).startswith(f"{SOMEWHERE}:2: heavy-phonenumbers: ")


def test_an_exception_holds_for_its_file_only() -> None:
    text = "from datetime import datetime\nnow = datetime.now()"
    assert lint(Source("dialtone/base/clock.py", text)) == []
    assert lint(Source("tests/orders/test_place.py", text)) == []
    assert lint(Source("dialtone/orders/clock.py", text)) != []


def test_the_room_of_emergency_addresses_may_look_at_what_waits() -> None:
    text = "from dialtone.numbers import mark_active\nmark_active.waiting_at(place)"
    assert lint(Source("dialtone/emergency/deactivate.py", text)) == []


def test_exceptions_name_files_that_exist() -> None:
    for rule in RULES:
        for path in rule.except_for:
            assert any(REPO.glob(path)), f"{rule.name} excepts {path}, which is gone"


def test_a_lock_file_with_an_address_is_found() -> None:
    assert lint_lock("requirements.txt", "--index-url https://index.example/simple\ndjango==5.2") != []
    assert lint_lock("package-lock.json", '  "resolved": "somewhere",') != []
    assert lint_lock("requirements.txt", "django==5.2 \\\n    --hash=sha256:00") == []
