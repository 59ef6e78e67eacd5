"""``worklift connect``: one command for each tracker, its options drawn from the tracker's spec."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click

from connector.errors import Refused
from integrations.tracker import Setting, Spec
from sync.runtime import Trackers
from web.commands import connect_app_options
from web.commands.console import ASKS, OK

Perform = Callable[[str, dict[str, Any]], None]


class ConnectGroup(click.Group):
    """Finds its commands among the trackers installed, and loads one only when it is typed."""

    def __init__(self, name: str, perform: Perform) -> None:
        super().__init__(name, help="Connect a tracker, or update a connection by its NAME.")
        self._perform = perform

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The trackers installed."""
        del ctx
        return list(Trackers())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one tracker."""
        if cmd_name not in self.list_commands(ctx):
            return None
        spec = Trackers()[cmd_name].spec
        return click.Command(
            cmd_name,
            params=[click.Argument(["name"]), *_options(spec)],
            callback=self._callback(spec),
            help=f"Connect {spec.label} as NAME, test it, and say what was found.",
        )

    def _callback(self, spec: Spec) -> Callable[..., None]:
        def connect(**typed: Any) -> None:
            if typed.pop("app", False):
                run = partial(_code, self._perform)
                click.get_current_context().exit(connect_app_options.connect(run, spec, typed))
            elif typed.pop("oauth", False):
                _sign_in(self._perform, spec, typed)
            else:
                self._perform("connect", _with_token(spec, typed))

        return connect


def _with_token(spec: Spec, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What is typed to connect with a token."""
    way = "--app" if "app" in spec.capabilities else "--oauth"
    if not typed["token_env"]:
        raise Refused(f"--token-env: give it, or sign in with {way} where that is possible")
    apart = [each for each in _settings(spec, "consent") if each.way and typed.get(each.name)]
    if apart:
        raise Refused(f"{_flag(apart[0].name)} belongs to signing in: give {way} too")
    return {
        "tracker": spec.key,
        "name": typed["name"],
        "url": typed["url"] or "",
        "token": _secret("--token-env", typed["token_env"]),
        "options": _given(_settings(spec, "token"), typed),
        "allow_private": typed["allow_private"],
        "force": typed["force"],
    }


def _sign_in(perform: Perform, spec: Spec, typed: Mapping[str, Any]) -> None:
    """Sign in at the tracker: an address is shown, and the one people came back to is pasted."""
    apart = [each for each in _settings(spec, "token") if each.way and typed.get(each.name)]
    if apart:
        raise Refused(f"{_flag(apart[0].name)} belongs to a token: leave it out with --oauth")
    for name in ("client_id", "client_secret_env"):
        if not typed[name]:
            raise Refused(
                f"{_flag(name)}: signing in needs it; an app of yours at the tracker has it"
            )
    begin = {
        "tracker": spec.key,
        "name": typed["name"],
        "options": _given(_settings(spec, ""), typed),
        "client": {
            "id": typed["client_id"],
            "secret": _secret("--client-secret-env", typed["client_secret_env"]),
            "server": typed["auth_server"] or "",
            "redirect": typed["redirect"] or "",
            "allow_private": bool(typed["allow_private"]),
            "extras": ["registering", *(["writeback"] if typed["allow_writing"] else [])],
        },
    }
    code = _code(perform, "connect sign-in", begin)
    if code == OK:
        back = {"address": click.prompt("The address you came back to", err=True)}
        code = _code(perform, "connect sign-in back", {**back, "site": typed["site"]})
        while code == ASKS:
            site = click.prompt("Which of them", err=True)
            code = _code(perform, "connect sign-in site", {**back, "site": site})
    click.get_current_context().exit(code)


def _code(perform: Perform, command: str, given: dict[str, Any]) -> int:
    """The exit code of a command that is not the last one."""
    try:
        perform(command, given)
    except click.exceptions.Exit as done:
        return done.exit_code
    return OK


def _settings(spec: Spec, way: str) -> list[Setting]:
    """The settings that are typed as they are; of one way of signing in, and those of both."""
    wanted = {"", way}
    return [each for each in spec.settings if not each.secret and each.way in wanted]


def _given(settings: list[Setting], typed: Mapping[str, Any]) -> dict[str, str]:
    return {each.name: typed[each.name] for each in settings if typed.get(each.name) is not None}


def _options(spec: Spec) -> list[click.Parameter]:
    signing = []
    if "app" in spec.capabilities:
        signing = connect_app_options.options(spec)
    elif "consent" in spec.capabilities:
        signing = _sign_in_options(spec)
    usual = f"; {spec.home} by default" if spec.home else ""
    usual += "; a known NAME keeps its own"
    url = click.Option(["--url"], help=f"Where {spec.label} is{usual}.")
    token = click.Option(["--token-env"], help="Name of the variable that holds the token.")
    private = click.Option(
        ["--allow-private/--no-allow-private"],
        default=None,
        help="Allow plain http and loopback or private addresses.",
    )
    force = click.Option(
        ["--force"], is_flag=True, help="Save it although the test of a working connection fails."
    )
    plain = [_option(each) for each in spec.settings if not each.secret]
    return [url, token, *plain, private, force, *signing]


def _sign_in_options(spec: Spec) -> list[click.Parameter]:
    return [
        click.Option(
            ["--oauth"], is_flag=True, help=f"Sign in at {spec.label} instead of giving a token."
        ),
        click.Option(
            ["--client-secret-env"], help="Name of the variable that holds the app's secret."
        ),
        click.Option(["--redirect"], help="The app's callback URL; this Worklift's by default."),
        click.Option(["--site"], help="Which site, by address or name, where there are several."),
        click.Option(["--allow-writing"], is_flag=True, help="Ask for the right to write back."),
    ]


def _option(setting: Setting) -> click.Option:
    # An empty one clears what an earlier command set.
    kind = click.Choice([*setting.choices, ""]) if setting.choices else None
    shown = f"[{'|'.join(setting.choices)}]" if setting.choices else None
    label = f"{setting.label}. {setting.help}".strip()
    return click.Option([_flag(setting.name), setting.name], type=kind, metavar=shown, help=label)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _secret(flag: str, variable: str) -> str:
    found = os.environ.get(variable, "").strip()
    if not found:
        raise Refused(f"{flag}: the variable {variable} is not set; put the secret into it")
    return found
