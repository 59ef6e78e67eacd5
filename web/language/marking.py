"""How texts are marked: ``_``, ``_n`` and ``_p`` at once, ``lazy`` for constants.

Numbers among the values of a message are written as its language writes them.
"""

from typing import Any

from flask import Flask
from flask_babel import get_translations
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from web.language.figures import counted


def _(message: str, **values: Any) -> str:
    """A message in the language of the page, with its values."""
    text: str = get_translations().ugettext(message)
    return text % counted(values) if values else text


def _n(one: str, many: str, number: int, **values: Any) -> str:
    """A message for one or for many; ``%(num)s`` is the number."""
    text: str = get_translations().ungettext(one, many, number)
    return text % counted({"num": number, **values})


def _p(context: str, message: str, **values: Any) -> str:
    """A message whose English has several meanings: ``context`` says which one is meant."""
    text: str = get_translations().upgettext(context, message)
    return text % counted(values) if values else text


def lazy(message: str, **values: Any) -> Any:
    """A message that finds its language when it is shown."""
    return LazyString(_, message, **values)


def install(app: Flask) -> None:
    """Let templates make their messages in the same way."""
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(gettext=_gettext, ngettext=_ngettext, pgettext=_pgettext)


@pass_eval_context
def _gettext(how: EvalContext, message: str, /, **values: Any) -> str:
    return _filled(how, get_translations().ugettext(message), values)


@pass_eval_context
def _ngettext(how: EvalContext, one: str, many: str, number: int, /, **values: Any) -> str:
    text = get_translations().ungettext(one, many, number)
    return _filled(how, text, {"num": number, **values})


@pass_eval_context
def _pgettext(how: EvalContext, context: str, message: str, /, **values: Any) -> str:
    return _filled(how, get_translations().upgettext(context, message), values)


def _filled(how: EvalContext, text: str, values: dict[str, Any]) -> str:
    safe: str = Markup(text) if how.autoescape else text  # noqa: S704  # catalogues are ours
    return safe % counted(values)
