"""A stand-in of SessionM and Braze for other projects' tests: offline, with state."""

from ._braze.state import Limit, Profile
from ._clock import SandboxClock
from ._credentials import Credentials
from ._customer import IssuedOffer, SandboxCustomer
from ._dashboards.braze import Dashboard, DashboardTarget
from ._dashboards.messages import FiredMessage, Firing
from ._dashboards.sessionm import SessionMSide
from ._dashboards.settings import SegmentSettings, TargetSettings
from ._errors import SandboxError, UnexpectedRequestError
from ._faults import Fault, FaultPlan
from ._journal import Journal, SandboxRequest
from ._outbox import Outbox, SentMessage, SentTrigger
from ._sandbox import Sandbox
from ._services import Snapshot
from ._serving import serve_until_interrupted
from ._wire import Answer, Endpoints


__all__ = [
    "Answer",
    "Credentials",
    "Dashboard",
    "DashboardTarget",
    "Endpoints",
    "Fault",
    "FaultPlan",
    "FiredMessage",
    "Firing",
    "IssuedOffer",
    "Journal",
    "Limit",
    "Outbox",
    "Profile",
    "Sandbox",
    "SandboxClock",
    "SandboxCustomer",
    "SandboxError",
    "SandboxRequest",
    "SegmentSettings",
    "SentMessage",
    "SentTrigger",
    "SessionMSide",
    "Snapshot",
    "TargetSettings",
    "UnexpectedRequestError",
    "serve_until_interrupted",
]
