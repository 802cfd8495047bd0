"""Words of plans for templates."""

from django import template

from yaojian.oversight.plans.web.listings import shape_name

register = template.Library()
register.filter("shape_name", shape_name)
