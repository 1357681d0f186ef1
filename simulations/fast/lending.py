"""Structures handed on by address, without counting who uses them or what is in them.

Numba counts in and out every array a function touches; in the event loop that costs more than a
third of its speed. Here one owner holds a structure for the whole run and lends its address: what
is taken out of the lent one is not counted. The owner must be used after the last use of what it
lent (`keep`), or its memory goes before.
"""

from __future__ import annotations

from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.experimental import structref
from numba.extending import infer_getattr, intrinsic, register_jitable, register_model
from numba.np.arrayobj import make_array


class Lent(types.StructRef):
    """The type of a structure somebody else owns; its fields can be read, not set."""


@register_model(Lent)
class _Address(models.StructModel):
    """Laid out as a structure that is owned, but without a share in it."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, [("meminfo", types.voidptr)])


@infer_getattr
class _Fields(AttributeTemplate):
    key = Lent

    def generic_resolve(self, typ, attr):
        return typ.field_dict.get(attr)


@lower_getattr_generic(Lent)
def _field(context, builder, kind, value, name):
    fields = structref._Utils(context, builder, kind).get_data_struct(value)  # noqa: SLF001
    field, of = getattr(fields, name), kind.field_dict[name]
    if not isinstance(of, types.Array):
        return field
    array = make_array(of)(context, builder, value=field)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()  # noqa: SLF001


@intrinsic
def lent(_context, owner):
    """The address of a structure; arrays that grow in it are seen grown."""

    def generate(_target, _builder, _signature, arguments):
        return arguments[0]

    return Lent(owner._fields)(owner), generate


@register_jitable
def keep(_owner):
    """The owner of what was lent is needed until here."""
