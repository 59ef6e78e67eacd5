"""People by their key."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Person


def person(session: Session, key: str) -> Person:
    """The person of that key; raises ``Refused`` when there is none."""
    found = session.scalars(select(Person).where(Person.key == key)).one_or_none()
    if found is None:
        raise Refused(f"there is no person {key!r}: a plan file names people under 'people'")
    return found
