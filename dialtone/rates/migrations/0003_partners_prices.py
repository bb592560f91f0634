"""Partners keep the price lists of their own and of their customers; what is the operator's they only see."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_OF_PARTNER = "partner_id = nullif(current_setting('app.partner', true), '')::uuid"
_FORWARD = f"""
GRANT INSERT, UPDATE ON rates_pricelist TO dialtone_partner;
GRANT INSERT ON rates_callprice, rates_chargeprice TO dialtone_partner;
GRANT SELECT, INSERT, UPDATE ON rates_priceversion TO dialtone_partner;
CREATE POLICY partner_own ON rates_priceversion TO dialtone_partner USING ({_OF_PARTNER}) WITH CHECK ({_OF_PARTNER});
"""
_BACK = """
DROP POLICY partner_own ON rates_priceversion;
REVOKE ALL ON rates_priceversion FROM dialtone_partner;
REVOKE INSERT ON rates_callprice, rates_chargeprice FROM dialtone_partner;
REVOKE INSERT, UPDATE ON rates_pricelist FROM dialtone_partner;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rates", "0002_protection")]

    operations: ClassVar = [migrations.RunSQL(_FORWARD, _BACK)]
