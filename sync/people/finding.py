"""People by their key."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Person


def person(session: Session, key: str, *, held: bool = False) -> Person:
    """The person of that key, ``held`` until this write ends: whoever else holds them waits;
    raises ``Refused`` when there is none."""
    query = select(Person).where(Person.key == key)
    query = query.with_for_update(key_share=True) if held else query
    found = session.scalars(query).one_or_none()
    if found is None:
        raise Refused(f"there is no person {key!r}: a plan file names people under 'people'")
    return found
