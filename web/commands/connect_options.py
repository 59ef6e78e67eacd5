"""``worklift connect``: one command for each tracker, its options drawn from the tracker's spec."""

import os
from collections.abc import Callable
from typing import Any

import click

from connector.errors import Refused
from integrations.tracker import Setting, Spec
from sync.runtime import Trackers


class ConnectGroup(click.Group):
    """Finds its commands among the trackers installed, and loads one only when it is typed."""

    def __init__(self, name: str, perform: Callable[[str, dict[str, Any]], None]) -> None:
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
        def connect(
            name: str, url: str, token_env: str, *, allow_private: bool, **options: str | None
        ) -> None:
            given = {key: value for key, value in options.items() if value is not None}
            request = {"tracker": spec.key, "name": name, "url": url, "token": _token(token_env)}
            self._perform("connect", {**request, "options": given, "allow_private": allow_private})

        return connect


def _options(spec: Spec) -> list[click.Parameter]:
    url = click.Option(["--url"], required=True, help=f"Where {spec.label} is.")
    token = click.Option(
        ["--token-env"], required=True, help="Name of the variable that holds the token."
    )
    private = click.Option(
        ["--allow-private"],
        is_flag=True,
        help="Allow plain http and loopback or private addresses.",
    )
    return [url, token, *(_option(each) for each in spec.settings if not each.secret), private]


def _option(setting: Setting) -> click.Option:
    flag = f"--{setting.name.replace('_', '-')}"
    kind = click.Choice(setting.choices) if setting.choices else None
    label = f"{setting.label}. {setting.help}".strip()
    return click.Option([flag, setting.name], type=kind, help=label, required=setting.required)


def _token(variable: str) -> str:
    token = os.environ.get(variable, "").strip()
    if not token:
        raise Refused(f"--token-env: the variable {variable} is not set; put the token into it")
    return token
