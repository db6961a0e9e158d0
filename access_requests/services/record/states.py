"""What the trail says when a request or an elevation has come to a state."""

from collections.abc import Mapping

from access_requests.lifecycle import ElevationStatus, RequestStatus
from audits.acts import Act

OF_REQUEST: Mapping[RequestStatus, Act] = {
    RequestStatus.PENDING: Act.REQUEST_SUBMITTED,
    RequestStatus.APPROVED: Act.REQUEST_APPROVED,
    RequestStatus.REJECTED: Act.REQUEST_REJECTED,
    RequestStatus.SENT_BACK: Act.REQUEST_SENT_BACK,
    RequestStatus.WITHDRAWN: Act.REQUEST_WITHDRAWN,
    RequestStatus.LAPSED: Act.REQUEST_LAPSED,
}
OF_ELEVATION: Mapping[ElevationStatus, Act] = {
    ElevationStatus.SCHEDULED: Act.ELEVATION_SCHEDULED,
    ElevationStatus.GRANTING: Act.ELEVATION_GRANTING,
    ElevationStatus.ACTIVE: Act.ELEVATION_ACTIVE,
    ElevationStatus.REVOKING: Act.ELEVATION_REVOKING,
    ElevationStatus.ENDED: Act.ELEVATION_ENDED,
    ElevationStatus.CANCELLED: Act.ELEVATION_CANCELLED,
}
