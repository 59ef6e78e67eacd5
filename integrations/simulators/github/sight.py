"""What a caller of a simulated GitHub may see and do in a repository."""

from integrations.simulators.github import rights
from integrations.simulators.github.rights import Need
from integrations.simulators.github.state import GithubError, Repo, State
from integrations.simulators.github.tokens import LOGIN, Token

_WHOSE = {
    "fine": "personal access token",
    "classic": "personal access token",
    "installation": "integration",
    "app": "integration",
}


def role(repo: Repo, login: str) -> str:
    """The role a person has in a repository."""
    if login in repo.roles:
        return repo.roles[login]
    if login == LOGIN:
        return "admin"
    return "none" if repo.about["private"] else "read"


def covered(state: State, token: Token, repo: Repo) -> bool:
    """Whether a token is for this repository, be it public or not."""
    name = repo.name.lower()
    if token.kind == "classic":
        return rights.in_scopes(token, "repo") and role(repo, token.login) != "none"
    if token.repos is not None and name not in token.repos:
        return False
    if token.kind == "fine":
        mine = name.startswith(f"{token.owner}/") and not token.pending
        return mine and role(repo, token.login) != "none"
    where = state.apps.installation(token.installation)
    return where is not None and where.covers(name)


def sees(state: State, token: Token, repo: Repo) -> bool:
    """Whether the repository is there for a caller at all."""
    if repo.name.lower() in state.hidden or token.kind == "app":
        return False
    return not repo.about["private"] or covered(state, token, repo)


def visible(state: State, token: Token) -> list[Repo]:
    """All repositories a caller may see."""
    return [repo for repo in state.repos.values() if sees(state, token, repo)]


def check(state: State, token: Token, repo: Repo, need: Need) -> None:
    """Raise what GitHub says to a caller who lacks something for a call on a repository."""
    if not sees(state, token, repo):
        raise GithubError(404, "Not Found")
    if need.level == "read" and need.role == "read" and not repo.about["private"]:
        return
    if token.kind == "classic":
        if not rights.in_scopes(token, need.scope):
            raise GithubError(404, "Not Found")
    elif not (covered(state, token, repo) and need.met(token)):
        raise lacking(token)
    if token.kind != "installation" and not rights.enough(role(repo, token.login), need.role):
        if need.role == "admin":
            raise GithubError(404, "Not Found")
        raise GithubError(403, "Must have admin rights to Repository.")
    if need.level == "write" and repo.about["archived"]:
        raise GithubError(403, "Repository was archived so is read-only.")


def check_owner(state: State, token: Token, owner: str, need: Need) -> None:
    """The same for what belongs to an owner."""
    if need.permissions == ("metadata",):
        return
    if token.kind == "classic":
        if not rights.in_scopes(token, need.scope):
            # What one may not even know of is not found.
            hidden = "hook" in need.scope
            raise GithubError(404, "Not Found") if hidden else lacking(token)
        return
    person = owner.lower() in state.people
    mine = token.owner == owner.lower() and not token.pending and not person
    if not (mine and need.met(token)):
        raise lacking(token)


def lacking(token: Token) -> GithubError:
    """403 for a token without the permission."""
    return GithubError(403, f"Resource not accessible by {_WHOSE.get(token.kind, 'token')}")
