"""The template environment: everything escaped, nothing undefined in silence, one vocabulary, one set of components."""

from typing import Any

from jinja2 import Environment, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from janaseva.design import charts, vocabulary
from janaseva.design.flow import flow


class Absent(StrictUndefined):
    """What a template was not given: it may be asked after (``{% if item.hint %}``), but never be shown."""

    def __bool__(self) -> bool:  # type: ignore[override]
        """Return that it is not there."""
        return False


FILES = ("actions", "charts", "fields", "frame", "lists", "messages", "officer", "paper", "tables")


class Components:
    """The components by name, as templates call them: ``ui.button(...)``, ``ui.text_field(...)``.

    Each file of ``components/`` is compiled once; a component asks the current page for its language and its faults,
    and so needs no context of the template that calls it.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """Return the component called ``name``.

        Raises:
            AttributeError: where no file of ``components/`` has such a component.

        """
        if not self._known or self._environment.auto_reload:
            known: dict[str, Any] = {}
            for file in FILES:
                known.update(vars(self._environment.get_template(f"components/{file}.html").module))
            self._known = known  # whole at once: other threads are making their first pages too
        try:
            return self._known[name]
        except KeyError:
            raise AttributeError(name) from None


class Called(Context):
    """A template's names, with calls that are calls: Jinja looks at each function whether it wants the context first.

    None of ours does (:func:`environment` sees to it), and a page makes some hundred calls.
    """

    def call(
        self, called: Any, /, *args: Any, _block_vars: object = None, _loop_vars: object = None, **named: Any
    ) -> Any:
        """Call a function or component on a template's word."""
        del _block_vars, _loop_vars
        return called(*args, **named)


def shown(value: object) -> str:
    """Return what a page shows for ``value``: escaped, unless it says of itself that it is HTML.

    The same text as :func:`markupsafe.escape`, without wrapping in ``Markup`` what is joined to the page at once; a
    page of fifty rows shows a thousand values.
    """
    kind = type(value)
    if kind is str:
        return _escape_inner(value)  # type: ignore[arg-type]
    return value if kind is Markup else escape(value)  # type: ignore[return-value]


class _Shows(CodeGenerator):
    """Compiles ``{{ value }}`` to :func:`shown` where Jinja calls ``escape``; constants are escaped as they compile."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.shown(")
        if finalize.src is not None:
            self.write(finalize.src)


class Pages(Environment):
    """Jinja's environment, which shows values by :func:`shown`."""

    code_generator_class = _Shows
    shown = staticmethod(shown)


def environment(**options: Any) -> Environment:
    """Return the environment that Django's Jinja2 backend uses for every page and letterhead."""
    options.update(autoescape=True, undefined=Absent, trim_blocks=True, lstrip_blocks=True)
    jinja = Pages(**options)
    jinja.context_class = Called
    del jinja.filters["safe"]
    jinja.globals.update(vocabulary.GLOBALS)
    jinja.globals["chart"] = charts
    jinja.globals["flow"] = lambda nodes, arrows: flow(nodes, [arrow[:2] for arrow in arrows])
    jinja.globals["ui"] = Components(jinja)
    wanting = [name for name, one in jinja.globals.items() if hasattr(one, "jinja_pass_arg")]
    if wanting:
        message = f"{', '.join(wanting)}: what templates call is not given their context (see Called)"
        raise TypeError(message)
    for name in ("date", "date_numeric", "date_relative", "date_time", "money", "number"):
        jinja.filters[name] = vocabulary.GLOBALS[name]
    jinja.filters["in_language"] = vocabulary.text
    jinja.filters["isolate"] = vocabulary.bdi
    return jinja
