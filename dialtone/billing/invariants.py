"""What must never be so about charges, ledger and invoices: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "M1-days",
    "no day of a plan or number is charged twice",
    """SELECT a.id, b.id FROM billing_charge a JOIN billing_charge b
       ON a.subject_id = b.subject_id AND a.kind = b.kind AND a.id < b.id AND a.during && b.during
       WHERE a.kind <> 'usage'
       UNION ALL SELECT a.id, b.id FROM billing_wholesalecharge a JOIN billing_wholesalecharge b
       ON a.subject_id = b.subject_id AND a.kind = b.kind AND a.id < b.id AND a.during && b.during
       WHERE a.kind <> 'usage'""",
)
register(
    "M1-wholesale",
    "what a partner pays is of its own customers, adds up to their lines on its paper and to its calls, and the paper is the partner's own",
    """SELECT c.id FROM billing_wholesalecharge c LEFT JOIN billing_transaction t ON t.id = c.transaction_id
         LEFT JOIN billing_invoice i ON i.id = t.invoice_id
       WHERE i.id IS NULL OR t.customer_id IS NOT NULL OR t.partner_id <> c.partner_id OR c.currency <> i.currency
       UNION ALL SELECT i.id FROM billing_invoice i JOIN billing_transaction t ON t.invoice_id = i.id AND t.kind = i.kind
         CROSS JOIN LATERAL jsonb_array_elements(i.content->'lines') line
         LEFT JOIN (SELECT transaction_id, customer_id, sum(amount) AS net FROM billing_wholesalecharge GROUP BY 1, 2) c
           ON c.transaction_id = t.id AND c.customer_id::text = line->>'subject_id'
       WHERE i.kind = 'invoice' AND i.customer_id IS NULL AND c.net IS DISTINCT FROM (line->>'amount')::numeric
       UNION ALL SELECT t.id FROM billing_transaction t
         LEFT JOIN (SELECT transaction_id, sum(exact) AS exact FROM billing_wholesalecharge WHERE kind = 'usage' GROUP BY 1) c
           ON c.transaction_id = t.id
         LEFT JOIN (SELECT u.transaction_id, sum(r.amount) AS exact FROM billing_wholesalechargedcall u
                    JOIN billing_transaction ut ON ut.id = u.transaction_id
                    JOIN billing_invoice i ON i.id = ut.invoice_id
                    JOIN billing_run b ON b.month = i.month
                    JOIN rates_wholesalecall r ON r.call_id = u.call_id AND r.rating_version = b.rating_version
                    GROUP BY 1) u ON u.transaction_id = t.id
       WHERE t.kind = 'invoice' AND t.customer_id IS NULL AND coalesce(c.exact, 0) <> coalesce(u.exact, 0)
       UNION ALL SELECT c.call_id FROM billing_wholesalechargedcall c
         LEFT JOIN calls_callrecord r ON r.id = c.call_id AND r.customer_id = c.customer_id AND r.partner_id = c.partner_id
         LEFT JOIN billing_transaction t ON t.id = c.transaction_id AND t.customer_id IS NULL AND t.partner_id = c.partner_id
       WHERE r.id IS NULL OR t.id IS NULL""",
)
register(
    "M1-both-buyers",
    "the days and calls of which a customer was charged are charged to its partner with the same month, where the operator sells through it",
    """SELECT c.id FROM billing_charge c JOIN billing_transaction t ON t.id = c.transaction_id
         JOIN billing_invoice i ON i.id = t.invoice_id
         JOIN billing_invoice p ON p.partner_id = c.partner_id AND p.customer_id IS NULL AND p.kind = 'invoice' AND p.month = i.month
       WHERE c.kind IN ('plan', 'number')
         AND (SELECT s.is_on FROM rates_resale s WHERE s.partner_id = c.partner_id AND s.from_on <= c.month
              ORDER BY s.from_on DESC LIMIT 1)
         AND NOT EXISTS (SELECT FROM billing_wholesalecharge w
                         WHERE w.subject_id = c.subject_id AND w.kind = c.kind AND w.month = c.month
                         HAVING range_agg(w.during) @> c.during)
       UNION ALL SELECT u.call_id FROM billing_chargedcall u JOIN billing_transaction t ON t.id = u.transaction_id
         JOIN billing_invoice i ON i.id = t.invoice_id
         JOIN billing_invoice p ON p.partner_id = u.partner_id AND p.customer_id IS NULL AND p.kind = 'invoice' AND p.month = i.month
         JOIN billing_run b ON b.month = i.month
         JOIN rates_wholesalecall r ON r.call_id = u.call_id AND r.rating_version = b.rating_version AND r.currency = p.currency
       WHERE NOT EXISTS (SELECT FROM billing_wholesalechargedcall w WHERE w.call_id = u.call_id)""",
)
register(
    "M1-calls",
    "the calls of a transaction add up to what was charged for usage",
    """SELECT t.id FROM billing_transaction t
       LEFT JOIN (SELECT transaction_id, sum(exact) AS exact FROM billing_charge WHERE kind = 'usage' GROUP BY 1) c
         ON c.transaction_id = t.id
       LEFT JOIN (SELECT u.transaction_id, sum(r.amount) AS exact FROM billing_chargedcall u
                  JOIN billing_transaction ut ON ut.id = u.transaction_id
                  JOIN billing_invoice i ON i.id = ut.invoice_id
                  JOIN billing_run b ON b.month = i.month
                  JOIN rates_ratedcall r ON r.call_id = u.call_id AND r.rating_version = b.rating_version
                  GROUP BY 1) u ON u.transaction_id = t.id
       WHERE t.kind = 'invoice' AND coalesce(c.exact, 0) <> coalesce(u.exact, 0)""",
)
register(
    "M1-charged",
    "every charged call is a call of the customer whom the transaction charges",
    """SELECT c.call_id FROM billing_chargedcall c
       LEFT JOIN calls_callrecord r ON r.id = c.call_id AND r.customer_id = c.customer_id
       LEFT JOIN billing_transaction t
         ON t.id = c.transaction_id AND t.customer_id = c.customer_id AND t.partner_id = c.partner_id
       WHERE r.id IS NULL OR t.id IS NULL""",
)
register(
    "M2",
    "the entries of every transaction add up to zero, in one currency",
    """SELECT t.id FROM billing_transaction t LEFT JOIN billing_entry e ON e.transaction_id = t.id
       GROUP BY t.id HAVING coalesce(sum(e.amount), 1) <> 0 OR count(DISTINCT e.currency) <> 1""",
)
register(
    "M3",
    "an invoice's lines and taxes add up to its total, which is what the ledger says is owed",
    """SELECT i.id FROM billing_invoice i JOIN billing_transaction t ON t.invoice_id = i.id AND t.kind = i.kind
       LEFT JOIN (SELECT transaction_id, sum(amount) AS net
                  FROM (SELECT transaction_id, amount FROM billing_charge
                        UNION ALL SELECT transaction_id, amount FROM billing_wholesalecharge) charged GROUP BY 1) c
         ON c.transaction_id = t.id
       LEFT JOIN (SELECT transaction_id, sum(amount) FILTER (WHERE account = 'receivable') AS owed,
                  -sum(amount) FILTER (WHERE account = 'tax') AS tax FROM billing_entry GROUP BY 1) e
         ON e.transaction_id = t.id
       WHERE coalesce(e.owed, 0) <> i.total OR coalesce(e.tax, 0) <> i.tax
          OR (i.kind = 'invoice' AND coalesce(c.net, 0) <> i.net)
       UNION ALL SELECT i.id FROM billing_invoice i
       WHERE NOT EXISTS (SELECT FROM billing_transaction t WHERE t.invoice_id = i.id)""",
)
register(
    "M3-tax-replies",
    "an invoice with the taxes of a tax service charges what was answered for this customer, and the answer is kept",
    """SELECT i.id FROM billing_invoice i LEFT JOIN billing_taxreply r
         ON r.id::text = i.content->'tax_reply'->>'reference' AND r.state = 'answered'
            AND r.partner_id = i.partner_id AND r.customer_id IS NOT DISTINCT FROM i.customer_id
       WHERE i.kind = 'invoice' AND i.content ? 'tax_reply' AND r.total IS DISTINCT FROM i.tax""",
)
register(
    "M4-series",
    "the numbers of a series are without gaps",
    """SELECT series, count(*), max(number) FROM billing_invoice GROUP BY series
       HAVING count(*) <> max(number) OR min(number) <> 1""",
)
register(
    "M4-credits",
    "no more of an invoice is credited than it came to",
    """SELECT i.id FROM billing_invoice i JOIN billing_invoice c ON c.credits_id = i.id
       GROUP BY i.id, i.total HAVING i.total + sum(c.total) < 0""",
)
register(
    "M3-payments",
    "what was paid is what the ledger says came in, and no more than an invoice came to without its credit notes",
    """SELECT p.id FROM billing_payment p LEFT JOIN billing_transaction t
         ON t.invoice_id = p.invoice_id AND t.key = 'payment:' || p.id
       LEFT JOIN billing_entry e ON e.transaction_id = t.id AND e.account = 'bank'
       WHERE e.amount IS DISTINCT FROM p.amount
       UNION ALL SELECT i.id FROM billing_invoice i JOIN billing_payment p ON p.invoice_id = i.id
       GROUP BY i.id, i.total HAVING sum(p.amount) > i.total
       UNION ALL SELECT b.id FROM billing_payment b JOIN billing_payment p ON p.id = b.takes_back_id
       WHERE b.amount <> -p.amount OR b.invoice_id <> p.invoice_id OR p.takes_back_id IS NOT NULL""",
)
register(
    "M8-minor",
    "what stands on an invoice is in the currency of its entries and of its lines",
    """SELECT c.id FROM billing_charge c JOIN billing_transaction t ON t.id = c.transaction_id
       JOIN billing_invoice i ON i.id = t.invoice_id WHERE c.currency <> i.currency""",
)
register(
    "P7-charges",
    "no ported number is charged before its port was completed, and none that never came",
    """SELECT c.id FROM billing_charge c JOIN numbers_number n ON n.id = c.subject_id
       WHERE c.kind IN ('number', 'number_setup')
         AND (n.provisioned_at IS NULL OR lower(c.during) < (n.provisioned_at - interval '15 hours')::date)""",
)
register(
    "D4-runs",
    "a run of invoices is due while it goes on, and only then",
    "SELECT id, state FROM billing_run WHERE (state = 'running') <> (due_at IS NOT NULL)",
)
