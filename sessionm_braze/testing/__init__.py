"""A stand-in of SessionM and Braze for other projects' tests: offline, with state."""

from ._braze.state import Limit
from ._clock import SandboxClock
from ._credentials import Credentials
from ._customer import IssuedOffer, SandboxCustomer
from ._dashboards.braze import Dashboard, DashboardTarget
from ._dashboards.sessionm import SessionMSide
from ._errors import SandboxError, UnexpectedRequestError
from ._faults import Fault, FaultPlan
from ._journal import Journal, RecordedRequest
from ._outbox import Outbox, SentMessage, SentTrigger
from ._sandbox import Sandbox
from ._services import Snapshot
from ._wire import Answer, Endpoints


__all__ = [
    "Answer",
    "Credentials",
    "Dashboard",
    "DashboardTarget",
    "Endpoints",
    "Fault",
    "FaultPlan",
    "IssuedOffer",
    "Journal",
    "Limit",
    "Outbox",
    "RecordedRequest",
    "Sandbox",
    "SandboxClock",
    "SandboxCustomer",
    "SandboxError",
    "SentMessage",
    "SentTrigger",
    "SessionMSide",
    "Snapshot",
    "UnexpectedRequestError",
]
