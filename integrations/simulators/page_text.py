# ruff: noqa: E501 - markup reads better in whole lines
"""The text of the simulator's pages: one layout, two bodies, no script, no outside assets."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --line: #d8dde3; --back: #f7f8fa;
  --card: #fff; --accent: #4547b8; --todo: #6b7480; --doing: #8a5a00; --done: #1a6e3c;
  --dropped: #8b4a4a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #9aa4af; --line: #343a42;
  --back: #15181c; --card: #1c2025; --accent: #a5a8ff; --todo: #9aa4af; --doing: #e0b050;
  --done: #6cc48f; --dropped: #d79a9a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif; }
header { border-bottom: 1px solid var(--line); background: var(--card); padding: 10px 16px;
  display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; }
header strong { font-size: 15px; }
.mark { border: 1px dashed var(--accent); color: var(--accent); border-radius: 4px; padding: 0 6px; }
main { max-width: 1000px; margin: 0 auto; padding: 16px; }
h1 { font-size: 19px; margin: 8px 0 16px; } h2 { font-size: 15px; margin: 24px 0 4px; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
p { color: var(--soft); margin: 0 0 8px; white-space: pre-line; }
ul { list-style: none; margin: 0; padding: 0; background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; }
li { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; padding: 8px 12px; }
li + li { border-top: 1px solid var(--line); }
.key { min-width: 74px; font-variant-numeric: tabular-nums; }
.title { flex: 1 1 240px; min-width: 0; overflow-wrap: anywhere; }
.about { color: var(--soft); }
.status { min-width: 96px; font-weight: 600; } .todo { color: var(--todo); }
.doing { color: var(--doing); } .done { color: var(--done); } .dropped { color: var(--dropped); }
@media (min-width: 700px) { li form { min-width: 236px; justify-content: flex-end; } }
form { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; align-items: end; }
button, input, select { font: inherit; color: inherit; background: var(--back);
  border: 1px solid var(--line); border-radius: 5px; padding: 4px 10px; min-height: 32px; }
button { cursor: pointer; } button:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
label { display: grid; gap: 2px; color: var(--soft); } label input { width: 110px; }
"""

LAYOUT = (
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{ title }} · simulated {{ site }}</title><style>"""
    + _STYLE
    + """</style></head><body>
<header><strong>{{ site }}</strong><span class="mark">simulated</span>
<a href="/_sim">All items and faults</a></header>
<main>
{% macro rows(groups) %}{% for group in groups %}
<section><h2>{% if group.url %}<a href="{{ group.url }}">{{ group.title }}</a>{% else %}{{ group.title }}{% endif %}</h2>
{% if group.note %}<p>{{ group.note }}</p>{% endif %}
{% if group.rows %}<ul>{% for row in group.rows %}<li id="{{ row.item }}">
<a class="key" href="{{ row.url }}">{{ row.key }}</a><span class="title">{{ row.title }}
{% if row.about %}<span class="about"> · {{ row.about }}</span>{% endif %}</span>
<span class="status {{ row.tone }}">{{ row.status }}</span>
{% if row.actions %}<form method="post" action="/_sim/do">
<input type="hidden" name="csrf" value="{{ csrf }}"><input type="hidden" name="item" value="{{ row.item }}">
<input type="hidden" name="next" value="{{ here }}">
{% for action in row.actions %}<button name="action" value="{{ action }}" aria-label="{{ action }}: {{ row.key }}">{{ action }}</button>{% endfor %}
</form>{% endif %}</li>{% endfor %}</ul>{% else %}<p>Nothing here.</p>{% endif %}
</section>{% endfor %}{% endmacro %}
BODY
</main></body></html>"""
)

SHEET = """<h1>{{ title }}</h1>{% if text %}<p>{{ text }}</p>{% endif %}{{ rows(groups) }}"""

CONTROL = """<h1>Simulated {{ site }}</h1>
<p>Not the real {{ site }}: a small stand-in that speaks its HTTP. Every button changes it and sends the webhooks the real one would send.</p>
<section><h2>Faults</h2>
{% if active %}<p>{% for fault in active %}{{ fault.kind }}{% if fault.path %} on {{ fault.path }}{% endif %}{% if fault.count %}, next {{ fault.count }} calls{% endif %}{% if not loop.last %}; {% endif %}{% endfor %}</p>{% else %}<p>None: it answers healthily.</p>{% endif %}
<form method="post" action="/_sim/faults"><input type="hidden" name="csrf" value="{{ csrf }}">
<label>Fault<select name="kind">{% for kind in kinds %}<option>{{ kind }}</option>{% endfor %}</select></label>
<label>Next calls<input name="count" type="number" min="1" placeholder="all"></label>
<label>Status<input name="status" type="number" min="200" max="599" placeholder="usual"></label>
<label>Path holds<input name="path" placeholder="any"></label>
<label>Seconds<input name="seconds" type="number" min="0" step="any" placeholder="1"></label>
<button>Switch on</button><button name="clear" value="all">Switch all off</button></form></section>
{{ rows(groups) }}"""
