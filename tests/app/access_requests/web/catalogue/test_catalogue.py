"""The catalogue as everybody sees it."""

from pytest_django import DjangoAssertNumQueries

from access_requests.models import TargetRole, WorkGroup
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast


def test_catalogue_says_who_approves_how_long_and_by_which_doors(cast: Cast, browse: Browse) -> None:
    page = laid_out(browse(cast.member01).get("/catalogue/whole/"))
    for fact in (
        *("ProdMemberWorkGroup", "arn:aws:iam::444444444444:role/Prod_MemberRole"),
        *(
            "1 of 高橋 直子 (leader01), 田中 大輔 (leader02)",
            "1 of 伊藤 由紀 (admin01), 高橋 直子 (leader01), 田中 大輔 (leader02)",
        ),
        *("1 minute to 4 hours", "1 day", "browser, chat, API client", "everyone"),
        *("MemberGroup", "production/Prod_ReadOnlyRole", "member01, member02", "111111111111", "Jump account"),
    ):
        assert fact in page, fact


def test_catalogue_says_what_is_not_open_to_me_and_whether_a_client_may_carry_decisions(cast: Cast, browse: Browse) -> None:
    cast.prod_leader.everyone_may_request = False
    cast.prod_leader.save()
    cast.two_levels.same_client_may_decide = True
    cast.two_levels.save()
    page = browse(cast.member01).get("/catalogue/whole/").content.decode()
    assert page.count("not open to you") == 1
    assert page.count("the client that asked may carry the decision") == 1
    assert "/requests/new/?work_group=ProdLeaderWorkGroup" not in page


def test_catalogue_takes_few_queries(cast: Cast, browse: Browse, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = browse(cast.member01)
    with django_assert_max_num_queries(22):
        client.get("/catalogue/whole/")


def test_catalogue_says_of_which_role_nobody_knows_yet_which_one_it_is(cast: Cast, browse: Browse) -> None:
    assert "nobody is let in" not in browse(cast.member01).get("/catalogue/whole/").content.decode()
    TargetRole.objects.filter(name="Prod_MemberRole").update(arn=None)
    page = browse(cast.member01).get("/catalogue/whole/").content.decode()
    assert "production/Prod_MemberRole" in page
    assert page.count("not known in AWS yet: nobody is let in") == 1


def test_purpose_is_said_in_the_readers_language_where_the_catalogue_has_it(cast: Cast, browse: Browse) -> None:
    WorkGroup.objects.filter(pk=cast.prod_member.pk).update(description="Operate production", description_ja="本番の運用作業")
    WorkGroup.objects.filter(pk=cast.prod_leader.pk).update(description="Change production")
    english = browse(cast.member01).get("/catalogue/whole/").content.decode()
    japanese = browse(cast.member01).get("/catalogue/whole/", headers={"accept-language": "ja"}).content.decode()
    assert ("Operate production" in english, "本番の運用作業" in english) == (True, False)
    assert ("Operate production" in japanese, "本番の運用作業" in japanese, "Change production" in japanese) == (
        False,
        True,
        True,
    )
