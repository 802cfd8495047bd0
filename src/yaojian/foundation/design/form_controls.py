"""What the `field` and `error_summary` tags need to know about Django's form controls."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _


def control_kind(bound: BoundField) -> str:
    """How a field is laid out: check (one box), choices (a group), or line."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "line"


def control_class(bound: BoundField) -> str:
    """The stylesheet class of a field's control."""
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        # Django would put the class on the group and on each choice; forms.css reaches the choices instead.
        return ""
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def described(bound: BoundField, *, hint: object, css: str) -> dict[str, Any]:
    """The context of the `field` component: the control rendered with its describing ids."""
    identifier = bound.auto_id or f"id_{bound.html_name}"
    hint = hint or bound.help_text
    describing = [f"{identifier}_hint"] if hint else []
    if bound.errors:
        describing.append(f"{identifier}_error")
    kind = control_kind(bound)
    classes = [control_class(bound), bound.field.widget.attrs.get("class", "")]
    attributes: dict[str, Any] = {}
    if kind != "choices":
        classes += ["is-invalid"] if bound.errors else []
        attributes["aria-invalid"] = "true" if bound.errors else ""
        # The group's fieldset carries the description for choices; elsewhere ours replaces Django's own id.
        attributes["aria-describedby"] = " ".join(describing)
    attributes["class"] = " ".join(name for name in classes if name)
    return {
        "bound": bound,
        "identifier": identifier,
        "hint": hint,
        "css": css,
        "kind": kind,
        "control": bound.as_widget(attrs={key: value for key, value in attributes.items() if value}),
        "describing": " ".join(describing),
        "optional": not bound.field.required and kind != "check",
    }


def target_of(bound: BoundField) -> str:
    """The id a link must have to bring the reader to this field's control."""
    identifier = bound.auto_id or f"id_{bound.html_name}"
    return f"{identifier}_0" if control_kind(bound) == "choices" else identifier


def errors_of(form: BaseForm | BaseFormSet[Any]) -> list[dict[str, str]]:
    """Every error of a form or formset as {target, label, text}; an empty target means the whole form."""
    if isinstance(form, BaseFormSet):
        found = [{"target": "", "label": "", "text": str(text)} for text in form.non_form_errors()]
        for position, one in enumerate(form.forms, start=1):
            for error in errors_of(one):
                row = _("Row %(n)s") % {"n": position}
                found.append({**error, "label": f"{row} · {error['label']}" if error["label"] else row})
        return found
    found = [{"target": "", "label": "", "text": str(text)} for text in form.non_field_errors()]
    for bound in form:
        for text in bound.errors:
            found.append({"target": target_of(bound), "label": str(bound.label or ""), "text": str(text)})
    return found
