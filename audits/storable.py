"""Named by migrations; everybody else imports `portal.storable`."""

from portal.storable import AsTyped

__all__ = ["AsTyped"]
