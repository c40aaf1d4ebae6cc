"""A stand-in of SessionM and Braze for other projects' tests: offline, with state."""

from ._braze.state import Limit, Profile
from ._calls import Answer
from ._clock import SandboxClock
from ._credentials import Credentials
from ._dashboards.braze import Dashboard, DashboardTarget
from ._dashboards.customers import SandboxCustomer
from ._dashboards.loyalty_messages import FiredMessage, Firing
from ._dashboards.sessionm import SessionMSide
from ._dashboards.settings import SegmentSettings, TargetSettings
from ._dashboards.wallets import IssuedOffer
from ._endpoints import Endpoints
from ._errors import SandboxError, UnexpectedRequestError
from ._faults import Fault, FaultPlan
from ._journal import Journal, SandboxRequest
from ._outbox import Outbox, SentMessage, SentTrigger
from ._sandbox import Sandbox
from ._services import Snapshot
from ._standalone import serve_until_interrupted


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
