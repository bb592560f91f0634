"""What must never be so among cases."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "D4-cases",
    "a case that is not closed has a due time, and an open one stands on the desk",
    """SELECT id, number FROM support_case WHERE state <> 'closed' AND due_at IS NULL
       UNION ALL SELECT c.id, c.number FROM support_case c WHERE c.state = 'open' AND NOT EXISTS (
           SELECT FROM base_deskitem d WHERE d.subject_id = c.id AND d.kind = 'case' AND d.settled_at IS NULL)""",
)
register(
    "S1-messages",
    "a case's messages are of the case's tenant",
    """SELECT m.id FROM support_message m JOIN support_case c ON c.id = m.case_id
       WHERE m.customer_id IS DISTINCT FROM c.customer_id OR m.partner_id IS DISTINCT FROM c.partner_id""",
)
register(
    "S1-attachments",
    "a case's attachments are of the case's tenant, and their papers too",
    """SELECT a.id FROM support_attachment a JOIN support_case c ON c.id = a.case_id
       LEFT JOIN base_document d ON d.id = a.document_id
       WHERE a.customer_id IS DISTINCT FROM c.customer_id OR a.partner_id IS DISTINCT FROM c.partner_id
          OR d.customer_id IS DISTINCT FROM a.customer_id OR d.partner_id IS DISTINCT FROM a.partner_id
          OR d.subject_id IS DISTINCT FROM a.case_id""",
)
