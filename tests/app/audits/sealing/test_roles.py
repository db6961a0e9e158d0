"""The sealer's role in the database seals, and nobody else's writes what is sealed: PostgreSQL only."""

import pytest

from audits.database_rights import Service
from audits.models import Anchor, Checkpoint, Log, Sealer, SealKey, Tile, TrailEntry
from audits.sealing.sealer import Sealing
from tests.database_roles import Roles
from tests.worlds.sealed import Trail, new_key

OTHERS = [service for service in Service if service != Service.SEALER]


@pytest.fixture(autouse=True)
def _at_the_time_of_the_story(roles: Roles) -> None:
    roles.keep_no_time()


def test_sealers_role_seals_and_changes_the_key(sealed_trail: Trail, roles: Roles) -> None:
    sealed_trail.grow(300)
    with roles.act_as(Service.SEALER):
        Sealing(means=sealed_trail.means).step()
        sealed_trail.seal(signer=new_key(), before=sealed_trail.means.signer)
    assert sealed_trail.sizes == [300, 301]


def test_auditors_role_reads_what_is_sealed_and_writes_nothing(sealed_trail: Trail, roles: Roles) -> None:
    sealed_trail.grow(1)
    sealed_trail.seal()
    with roles.act_as(Service.AUDITOR):
        assert (TrailEntry.objects.count(), Checkpoint.objects.count(), SealKey.objects.count()) == (1, 1, 1)
    # It writes what came of a comparison, and nothing else.
    with roles.refused(Service.AUDITOR, why="audits_trail_of_auditors"):
        sealed_trail.grow(1)


@pytest.mark.parametrize("service", OTHERS)
def test_no_other_role_writes_what_is_sealed(sealed_trail: Trail, roles: Roles, service: Service) -> None:
    sealed_trail.grow(1)
    sealed_trail.seal()
    log, checkpoint = sealed_trail.log, Checkpoint.objects.get()
    rows = (
        Log(number=2, origin="forged"),
        SealKey(log=log, vkey="forged", from_size=2),
        Tile(log=log, level=0, number=0, hashes=b"", root=b""),
        Checkpoint(log=log, number=2, size=2, note="forged"),
        Anchor(checkpoint=checkpoint, place="forged", receipt=b""),
        Sealer(holder="forged"),
    )
    for row in rows:
        with roles.refused(service):
            row.save(force_insert=True)
