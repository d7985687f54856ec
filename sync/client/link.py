"""The way to the region, as its users see it: `transport.Transport` goes it over HTTP, a simulation in memory."""

from typing import Protocol

from sync.client.round import Carrier
from sync.client.transport import Sender
from sync.wire.frame import Frame
from sync.wire.messages import Enrolled, EnrolRequest, SuccessorRequest


class Link(Carrier, Protocol):
    """Everything that can be asked of a region. Each answer comes unchecked, and each raises Offline, Rejected or
    Malformed."""

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Become a register."""

    def records(self, sender: Sender, first: int) -> list[Frame]:
        """The chain's own records from `first`."""

    def aside(self, sender: Sender, first: int) -> list[Frame]:
        """Records from `first` that the chain's key has signed and that the region keeps beside the chain."""

    def certificate(self, sender: Sender) -> Enrolled:
        """The chain's certificate."""

    def successor(self, sender: Sender, request: SuccessorRequest) -> Enrolled:
        """A chain that goes on after the sender's."""

    def parent_records(self, sender: Sender, first: int) -> list[Frame]:
        """Records from `first` of the chain that the sender's succeeds."""

    def parent_certificate(self, sender: Sender) -> Enrolled:
        """The certificate of the chain that the sender's succeeds."""
