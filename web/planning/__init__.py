"""The planning pages: cycles, teams, people and rules made and changed without a file.

How a page of this folder is made (the objectives and key results are made so too):

* ``inputs`` – how one field is typed: ``TEXT AREA NUMBER DAY CHOICE TICK SEVERAL LINES LIMITS
  STEPS``, each an ``Input(macro, shown, node, several)``: the value of a stored record as it
  stands in the form, and what was typed as a node of a plan file. Make your own where none fits;
  ``macro`` is the name of its macro in ``templates/parts/form.html``.
* ``fields.Field(name, label, input, hint, choices, required, value)`` – declared once per field;
  ``name`` is the plan file's (``health.by`` stands for ``by`` under ``health``).
* ``fields.Form(kind, fields, key=…, cycle=…, objective=…)`` – one object; ``key=None`` makes a new
  one, whose key is the field ``key`` (``Form.named_by`` makes one of that field when it is empty;
  ``Form.taken`` are the keys it must not be).
* ``forms.blank(form, **proposed)``, ``forms.shown(form, record)``, ``forms.read(form,
  request.form)`` → ``Read(typed, was, version, problems)``. The form carries ``was`` and
  ``version`` in hidden inputs (``form_state(read)`` of the macros).
* ``saving.save(form, read, author=…)`` → ``Saved(key, action, also)`` or a ``Read`` with problems
  by field (show it again with status 400). Only fields that were changed are given; what somebody
  else changed meanwhile in other fields stays and is told in ``also``; in the same field it is a
  problem told once at the field.
* ``sync.planning.editing``: ``held(session, kind, key, cycle)`` → record, ``change(…)``,
  ``retire(runtime, identity, author=…)``, ``restore(…)``; ``sync.planning.ordering.move(runtime,
  identity, up=…)``. An identity is (kind, cycle or None, key).
* ``templates/parts/form.html``: ``summary(form, read)``, ``form_state(read)``, ``field(form, read,
  name)``, ``fields(form, read, *names)``, ``buttons(save, back)``; import them ``with context``.
* ``views.blueprint`` is the blueprint ``plan``; a module lists its views in ``ROUTES`` (path,
  endpoint, function, methods), and ``views`` adds those of all modules.
"""
