"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, grant, protect

FUNCTIONS = """
CREATE FUNCTION base_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION base_clock_ahead() RETURNS interval LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ SELECT coalesce((SELECT ahead FROM base_sandboxclock WHERE id = 1), interval '0') $$;
CREATE FUNCTION base_advance_clock(forward interval) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ INSERT INTO base_sandboxclock (id, ahead) VALUES (1, forward)
          ON CONFLICT (id) DO UPDATE SET ahead = base_sandboxclock.ahead + excluded.ahead $$;
REVOKE EXECUTE ON FUNCTION base_advance_clock(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION base_advance_clock(interval) TO dialtone_operator;
GRANT SELECT ON base_sandboxclock TO dialtone_auditor;
"""

DROP_FUNCTIONS = """
DROP FUNCTION base_advance_clock(interval);
DROP FUNCTION base_clock_ahead();
DROP FUNCTION base_refuse_change() CASCADE;
"""

# A tenant's role may put a job into the queue, but never read the queue.
JOBS = """
ALTER FUNCTION procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])
    SECURITY DEFINER SET search_path = public, pg_temp;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events,
    procrastinate_periodic_defers, procrastinate_workers TO dialtone_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dialtone_worker;
GRANT SELECT ON procrastinate_jobs, procrastinate_events TO dialtone_auditor, dialtone_operator;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("base", "0001_initial"), ("procrastinate", "0041_post_retry_failed_job")]

    operations: ClassVar = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        protect(
            "base_auditrecord",
            customer="SELECT, INSERT",
            partner="SELECT, INSERT",
            operator="SELECT, INSERT",
            door="INSERT",
        ),
        append_only("base_auditrecord"),
        migrations.RunSQL(
            "GRANT SELECT ON base_auditrecord TO dialtone_sealer;"
            "CREATE POLICY sealer_reads ON base_auditrecord FOR SELECT TO dialtone_sealer USING (true)",
            migrations.RunSQL.noop,
        ),
        grant("base_auditleaf", sealer="SELECT, INSERT", operator="SELECT"),
        append_only("base_auditleaf"),
        grant("base_auditseal", sealer="SELECT, INSERT", operator="SELECT"),
        append_only("base_auditseal"),
        protect("base_move", customer="SELECT, INSERT", partner="SELECT, INSERT", operator="SELECT, INSERT"),
        append_only("base_move"),
        protect("base_event", customer="SELECT, INSERT", partner="SELECT, INSERT", operator="SELECT, INSERT"),
        migrations.RunSQL(
            "GRANT SELECT, UPDATE (position) ON base_event TO dialtone_sealer;"
            "CREATE POLICY sealer_places ON base_event TO dialtone_sealer USING (true) WITH CHECK (true)",
            migrations.RunSQL.noop,
        ),
        protect("base_keptanswer"),
        protect(
            "base_document", customer="SELECT, INSERT, UPDATE", partner="", operator="SELECT, INSERT, UPDATE"
        ),
        protect(
            "base_letter",
            customer="SELECT, INSERT",
            partner="SELECT, INSERT",
            operator="SELECT, INSERT, UPDATE",
            door="INSERT",
        ),
        protect("base_webhook"),
        protect("base_delivery"),
        protect("base_deskitem", customer="SELECT, INSERT, UPDATE", partner="SELECT, INSERT, UPDATE"),
        protect(
            "base_shutdoor", customer="INSERT", partner="INSERT", operator="SELECT, INSERT", door="INSERT"
        ),
        migrations.RunSQL(JOBS, migrations.RunSQL.noop),
    ]
