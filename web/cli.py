"""The command line: reads what is typed, then runs it here or has the running server run it."""

import os
import sys
from pathlib import Path
from typing import Any, Literal

import click

from connector.errors import Refused, WorkliftError
from sync.runtime import InUse, NoDatabase, from_environment, opened
from web import control, logs
from web.commands.ask_options import ASKING
from web.commands.connect_options import ConnectGroup
from web.commands.connection_options import CONNECTED
from web.commands.console import DONE_WITH_ERRORS, WRONG, Terminal
from web.commands.hook_options import hooks
from web.commands.link_options import LINKING
from web.commands.mapping_options import mapping
from web.commands.options import AS_JSON, AT, AUTHOR, CYCLE, FILE, REAPPLY, read_text
from web.commands.preview_options import preview
from web.commands.say_options import SAYING
from web.commands.status_options import status
from web.commands.suggest_options import suggest
from web.commands.whose_options import accounts
from web.commands.write_back_options import write_back

PORT = click.IntRange(1, 65535)


class Group(click.Group):
    """Ends expected errors as sentences with the right exit code, never as a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command typed."""
        try:
            return super().invoke(ctx)
        except Refused as refused:
            for problem in refused.problems:
                click.echo(problem, err=True)
            ctx.exit(WRONG)
        except WorkliftError as error:
            click.echo(str(error), err=True)
            ctx.exit(DONE_WITH_ERRORS)


@click.group(cls=Group)
@click.version_option(package_name="worklift", message="worklift %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Objectives and key results that move when the work in Jira and GitHub does."""
    logs.configure(quiet=True)
    context.obj = perform


def perform(command: str, given: dict[str, Any]) -> None:
    """Run a command on the store: here, or beside a running embedded server, by that server."""
    _refuse_unreadable(given)
    settings = from_environment()
    terminal = Terminal()
    try:
        with opened(settings) as runtime:
            code = control.carry_out(runtime, command, given, terminal)
    except InUse:
        code = control.ask(settings.home, command, given, terminal)
    click.get_current_context().exit(code)


def _refuse_unreadable(given: dict[str, Any]) -> None:
    """What is typed may hold bytes that are no text; nothing stores or finds such a thing."""
    for name, value in given.items():
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise Refused(f"{name}: holds bytes that are no text; type it anew") from None


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=PORT)
def up(host: str, port: int) -> None:
    """Start Worklift: one process by default; all processes with PostgreSQL and Redis."""
    from sync import supervise
    from web import serve

    settings = from_environment()
    if settings.is_scaled:
        environ = {**os.environ, "HOST": host, "PORT": str(port)}
        click.get_current_context().exit(supervise.run(environ))
    serve.embedded(settings, host, port)


@main.command(hidden=True)
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000, type=PORT)
def web(host: str, port: int) -> None:
    """The web process of the scaled form (the Procfile's line)."""
    from web import serve

    serve.web_only(from_environment(), host, port)


@main.command()
@click.option("--port", default=8000, show_default=True, type=PORT)
def demo(port: int) -> None:
    """Start a demo company next to a simulated Jira and GitHub, with its own data folder."""
    from web import demo as showing

    showing.run(port)


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema."""
    perform("upgrade", {})


main.add_command(ConnectGroup("connect", perform))


@main.command()
@click.option("--test", metavar="NAME", help="Test this connection now; a good test ends a stop.")
@AS_JSON
def connections(**given: Any) -> None:
    """List connections and whether their numbers can be trusted."""
    perform("connections", given)


@main.command()
@click.argument("name")
def disconnect(name: str) -> None:
    """Stop reading a connection and forget its token; history stays."""
    perform("disconnect", {"name": name})


@main.command()
@click.argument("plan", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@REAPPLY
@AUTHOR
@AS_JSON
def apply(plan: Path, **given: Any) -> None:
    """Create and update what a plan file says; all of it or nothing."""
    perform("apply", {"text": read_text(plan), "name": str(plan), **given})


@main.command()
def export() -> None:
    """Write the stored plan as a plan file, which applied again changes nothing."""
    perform("export", {})


@main.command()
@click.argument("names", nargs=-1)
@click.option("--full", is_flag=True, help="Read everything, not only what changed.")
@AS_JSON
def sync(names: tuple[str, ...], *, full: bool, as_json: bool) -> None:
    """Read the trackers now (all connections, or the NAMES given)."""
    perform("sync", {"names": list(names), "full": full, "as_json": as_json})


@main.command()
@CYCLE
@AT
@AS_JSON
def score(**given: Any) -> None:
    """Show the scores of a cycle, now or at a past instant."""
    perform("score", given)


@main.command()
@click.argument("key")
@CYCLE
@AT
@AS_JSON
def explain(**given: Any) -> None:
    """Say why a key result is what it is: which items, what changed, when."""
    perform("explain", given)


MORE = (accounts, hooks, mapping, preview, status, suggest, write_back)
for each in (*ASKING, *CONNECTED, *LINKING, *SAYING, *MORE):
    main.add_command(each)


@main.command()
@AS_JSON
def doctor(*, as_json: bool) -> None:
    """Check this installation and say how to mend it."""
    from sync.doctor import Check
    from web.commands.checks import show

    try:
        perform("doctor", {"as_json": as_json})
    except Refused as refused:
        fix = "correct what the sentence names and run worklift doctor again"
        checks = [Check("settings", ok=False, message=each, fix=fix) for each in refused.problems]
        click.get_current_context().exit(show(checks, Terminal(), as_json=as_json))
    except NoDatabase as error:
        fix = "see that the database runs and takes connections, or correct DATABASE_URL"
        checks = [Check("database", ok=False, message=str(error), fix=fix)]
        click.get_current_context().exit(show(checks, Terminal(), as_json=as_json))


@main.command()
@AS_JSON
def audit(**given: Any) -> None:
    """Compare trackers, mirror, ledger and readings; report every difference."""
    perform("audit", given)


@main.command()
def rebuild() -> None:
    """Compute contributions, readings and scores anew from the mirror."""
    perform("rebuild", {})


@main.group()
def user() -> None:
    """Who may sign in."""


PASSWORD_ENV = click.option("--password-env", help="Variable holding the password; else asked for.")


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["member", "lead", "viewer", "admin"]), default="member")
@PASSWORD_ENV
def user_add(name: str, role: str, password_env: str | None) -> None:
    """Make a local account."""
    perform("user add", {"name": name, "role": role, "password": _password(password_env)})


@user.command("password")
@click.argument("name")
@PASSWORD_ENV
def user_password(name: str, password_env: str | None) -> None:
    """Set a new password for a local account."""
    perform("user password", {"name": name, "password": _password(password_env)})


@user.command("person")
@click.argument("name")
@click.argument("person", required=False)
@click.option("--nobody", is_flag=True, help="Nobody of the plan.")
def user_person(**typed: Any) -> None:
    """Say which person of the plan an account is: leads edit the links of what is theirs."""
    if typed.pop("nobody") == (typed["person"] is not None):
        raise click.UsageError("name a person of the plan, or give --nobody")
    perform("user person", typed)


def _password(variable: str | None) -> str:
    if variable is None:
        if not sys.stdin.isatty():
            raise Refused(
                "--password-env: there is no terminal to ask on; name a variable with the password"
            )
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    if not os.environ.get(variable):
        raise Refused(f"--password-env: the variable {variable} is not set")
    return os.environ[variable]


@main.command()
@click.argument("tracker", type=click.Choice(["jira", "github"]))
@click.option("--load", type=click.Path(path_type=Path), help="Folder of recorded answers.")
@click.option("--demo", is_flag=True, help="Fill it with the demo company's work.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--deployment", type=click.Choice(["cloud", "datacenter"]), default="cloud")
@click.option("--enterprise", is_flag=True, help="A GitHub Enterprise Server.")
def simulate(tracker: str, load: Path | None, port: int, **more: Any) -> None:
    """Run a simulated tracker by itself, on this machine only."""
    from web import simulate as simulating

    if load is not None and more["demo"]:
        raise Refused("--demo and --load: give one of them")
    if more["enterprise"] and tracker != "github":
        raise Refused("--enterprise: only GitHub has it; for Jira give --deployment datacenter")
    content: Path | Literal["demo"] | None = "demo" if more["demo"] else load
    deployment: Literal["cloud", "datacenter", "enterprise"] = (
        "enterprise" if more["enterprise"] else more["deployment"]
    )
    simulating.run(tracker, content=content, port=port, deployment=deployment)


if __name__ == "__main__":
    sys.exit(main())
