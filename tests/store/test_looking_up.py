"""My work, item pages, search and claims ask both databases the same and are told the same."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from connector.settings import Settings
from connector.store import Store
from connector.store import tables as t
from sync.people import claims
from sync.reports.searching import Wanted, search
from sync.reports.why import why
from sync.reports.working import Asked, Frame, working
from sync.runtime import Trackers
from sync.scores import alone
from tests.web import acme, staff
from tests.web.company import Company

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_both_databases_tell_the_same_of_people_and_their_work(
    store: Store, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, database_url="")
    frame = Frame(now=NOW, settings=settings, trackers=Trackers())
    with store.write() as session:
        alone(session)
        acme.build(Company(session, NOW))
        staff.populate(session)
        user = t.User(name="one", password_hash="", role="member", created_at=NOW)
        session.add(user)
        session.flush()
        for tracker, wanted in (("", "maker"), ("jira", staff.JIRA)):
            claim = t.Claim(user_id=user.id, tracker=tracker, wanted=wanted, made_at=NOW)
            session.add(claim)
    with store.read() as session:
        me = session.scalars(select(t.Person.id).where(t.Person.key == "maker")).one()
        work = working(session, Asked(persons=[me]), frame)
        page = why(session, "jira@jira:plat-41", frame)
        found = search(session, Wanted(text="queue", drafts=["platform"]))
        waiting = claims.claims(session)
        free, alike = claims.free_people(session), claims.like_accounts(session, "jira", "maker")
    listed = [(each.key_result and each.key_result.key, len(each.rows)) for each in work.groups]
    assert listed == [("KR-5", 1), ("KR-1", 5), (None, 1)]
    assert [each.key_result.key for each in page.counting] == ["KR-1"]
    assert (page.facts.who, found[0].kind) == ("Platform engineer", "key_results")
    assert [(each.tracker, each.name) for each in waiting] == [
        ("", "Platform engineer"),
        ("jira", "Maker"),
    ]
    assert ([each.key for each in free], alike) == (["maker"], ())
