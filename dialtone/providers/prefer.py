"""A partner says which providers it prefers; its customers see them first (ACC-20, PROV-10)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from dialtone.base import alone, clock, record
from dialtone.base.problems import Problem, Problems
from dialtone.people import queries as people
from dialtone.providers.models import Preference, Provider


def prefer(partner_id: UUID, provider_ids: Collection[UUID]) -> list[Provider]:
    """The partner's whole list; what it does not name any more is not preferred any more. Saying the same again
    changes nothing. Runs in the partner's scope, or the operator's. Raises Problem not_found."""
    partner = people.organisation(partner_id)
    if partner.kind != "partner":
        raise Problem("not_found")
    wanted = {each.id: each for each in Provider.objects.filter(id__in=set(provider_ids))}
    unknown = [
        Problem("not_found", field=f"/providerIds/{position}")
        for position, id in enumerate(provider_ids)
        if id not in wanted
    ]
    if unknown:
        raise Problems(unknown)
    alone.until_commit("preferred providers", partner.id)
    kept = Preference.objects.select_for_update().filter(partner_id=partner.id)
    before = {each.provider_id: each for each in kept}
    added = [each for id, each in wanted.items() if id not in before]
    gone = [row.id for id, row in before.items() if id not in wanted]
    if added or gone:
        names = dict(Provider.objects.filter(id__in=before).values_list("id", "name"))
        Preference.objects.filter(id__in=gone).delete()
        rows = [
            Preference(partner_id=partner.id, customer_id=None, provider=each, since=clock.now())
            for each in added
        ]
        Preference.objects.bulk_create(rows)
        record.change(
            partner,
            "providers_preferred",
            name=partner.name,
            before={"providers": sorted(names.values())},
            after={"providers": sorted(each.name for each in wanted.values())},
        )
    return sorted(wanted.values(), key=lambda each: each.search_name)
