"""Everything a plan file can say, as it is stored, in the text of one."""

from sqlalchemy.orm import Session

from connector import plans
from sync.planning.stored import stored


def exported(session: Session) -> str:
    """The stored plan; applied to the same store it changes nothing."""
    return plans.as_text(stored(session))
