"""Links that items ask for themselves: made and ended as the items say, people's word above it."""

from sync.conventions.answering import answer
from sync.conventions.following import follow, is_asked_for
from sync.conventions.keeping import Where, keep, rename
from sync.conventions.telling import unfollowed

__all__ = ["Where", "answer", "follow", "is_asked_for", "keep", "rename", "unfollowed"]
