"""A region in memory, for a till whose disk is what is tested: a real ledger, real proofs, the demo's published keys.

It answers as the region's server does, so far as these tests go: it never has another record than the till.
"""

import functools
import re
from dataclasses import dataclass, field

from kassaapp.paths import resource
from sync.client.engine import Proof, Push
from sync.client.enrol import NewRegister
from sync.client.errors import Rejected
from sync.client.transport import Sender
from sync.wire import canonical, checkpoint, config, document, entry, tree
from sync.wire.config import Trust
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Enrolled, EnrolRequest, Pushed, SuccessorRequest
from sync.wire.record import CHAIN_BYTES, NO_RECORD, SALT_BYTES, Part
from sync.wire.signature import Signer

CLINIC, REGISTER, TILL = "ekbacken", "R0417", "H"
AT_MS = 1_795_419_720_000
_ORIGIN = "kassa.power/ledger/1"


@dataclass(slots=True)
class _Chain:
    """A chain as the region has it: its certificate, the leaf of that and of each record, and the records; `beside` it
    what stands after a lost one."""

    enrolment: Enrolment
    leaves: list[int]
    frames: list[Frame] = field(default_factory=list)
    beside: list[Frame] = field(default_factory=list)
    parent: bytes = b""


class Region:
    """One region with one till. Fits `kassaapp.enrolment.Region` and `sync.client.link.Link`."""

    def __init__(self) -> None:
        self._nodes: dict[tree.Place, bytes] = {}
        self._leaves: list[bytes] = []
        self._chains: dict[bytes, _Chain] = {}
        self._configuration = [_first_configuration()]

    def __call__(self, code: str, till: str, signer: Signer) -> NewRegister:
        """Enrol the till, and give it all that it asks for then."""
        answer = self.enrol(EnrolRequest.made(code, till, signer))
        chain = signer.public_key[:CHAIN_BYTES]
        head = checkpoint.read(answer.note, _ORIGIN, demo_keys().ledger.public_key)
        proof = Proof(0, answer.leaf, answer.index, answer.inclusion, (), head)
        return NewRegister(self._chains[chain].enrolment, proof, _trust(), answer.trust, tuple(self._configuration))

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """A certificate for a new key; the same key gets the same again."""
        chain = request.public_key[:CHAIN_BYTES]
        if chain not in self._chains:
            self._begin(Enrolment(AT_MS, chain, CLINIC, REGISTER, request.till, request.public_key))
        return self._certificate(chain)

    def certificate(self, sender: Sender) -> Enrolled:
        """The chain's certificate."""
        return self._certificate(sender.chain)

    def _certificate(self, chain: bytes) -> Enrolled:
        index, size = self._chains[chain].leaves[0], len(self._leaves)
        inclusion = tuple(tree.inclusion(index, size, self._nodes.__getitem__))
        return Enrolled(self._leaves[index], index, inclusion, self._head().note, (_trust_record(),))

    def push(self, sender: Sender, push: Push) -> Pushed | Conflict:
        """Take records, and prove that they are in the ledger."""
        chain = self._chains[sender.chain]
        held = len(chain.frames)
        if push.start > held:
            chain.beside += push.frames
            return Conflict("gap", held, chain.frames[-1].record.hash if held else chain.enrolment.hash)
        for frame in push.frames[held - push.start :]:
            chain.leaves.append(self._append(entry.encode_record(AT_MS, frame.record.hash)))
            chain.frames.append(frame)
        index, size, nodes = chain.leaves[-1], len(self._leaves), self._nodes.__getitem__
        return Pushed(
            next=len(chain.frames),
            leaf=self._leaves[index],
            index=index,
            inclusion=tuple(tree.inclusion(index, size, nodes)),
            note=self._head().note,
            consistency=tuple(tree.consistency(push.known_size, size, nodes)) if push.known_size else (),
            config_seq=len(self._configuration) - 1,
            nonce="n",
        )

    def records(self, sender: Sender, first: int) -> list[Frame]:
        """The chain's records from `first`."""
        return self._chains[sender.chain].frames[first : first + 100]

    def aside(self, sender: Sender, first: int) -> list[Frame]:
        """What is kept beside the chain, from record `first`."""
        return [one for one in self._chains[sender.chain].beside if one.record.header.seq >= first][:100]

    def configuration(self, sender: Sender, first: int) -> list[Frame]:
        """The configuration from record `first`."""
        return self._configuration[first:]

    def successor(self, sender: Sender, request: SuccessorRequest) -> Enrolled:
        """A chain that goes on after the sender's."""
        chain, old = request.public_key[:CHAIN_BYTES], self._chains[sender.chain]
        if chain not in self._chains:
            parent = old.frames[-1].record.hash if old.frames else old.enrolment.hash
            letter = chr(ord("A") + len(self._chains))
            self._begin(Enrolment(AT_MS, chain, CLINIC, REGISTER + letter, TILL, request.public_key, parent))
            self._chains[chain].parent = sender.chain
        return self._certificate(chain)

    def parent_records(self, sender: Sender, first: int) -> list[Frame]:
        """Records of the chain before the sender's."""
        return self._chains[self._parent(sender)].frames[first : first + 100]

    def parent_certificate(self, sender: Sender) -> Enrolled:
        """The certificate of the chain before the sender's."""
        return self._certificate(self._parent(sender))

    def _parent(self, sender: Sender) -> bytes:
        parent = self._chains[sender.chain].parent
        if not parent:
            raise Rejected(404, "no-parent")
        return parent

    def publish(self) -> None:
        """Publish the same configuration once more, as its next record."""
        parts = [Part(part.name, part.salt, part.data) for part in self._configuration[0].parts]
        after = self._configuration[-1].record
        self._configuration.append(
            config.next_record(config.CONFIG_KIND, after.header.chain, after, parts, demo_keys().config)
        )

    def _begin(self, enrolment: Enrolment) -> None:
        self._chains[enrolment.chain] = _Chain(enrolment, [self._append(enrolment.encode())])

    def _append(self, leaf: bytes) -> int:
        index = len(self._leaves)
        self._nodes |= tree.append(index, [tree.leaf_hash(leaf)], self._nodes.__getitem__)
        self._leaves.append(leaf)
        return index

    def _head(self) -> checkpoint.Checkpoint:
        size = len(self._leaves)
        return checkpoint.sign(_ORIGIN, size, tree.root(size, self._nodes.__getitem__), demo_keys().ledger)


def clinic_text(*, second_medium: str = "") -> str:
    """A clinic file for one till of this region."""
    elsewhere = f'second_medium = "{second_medium}"\n' if second_medium else ""
    root_key = canonical.to_text(demo_keys().root.public_key)
    return f'root_key = "{root_key}"\ncode = "POWER"\ntills = ["{TILL}"]\ncustody = "machine"\ndemo = true\n{elsewhere}'


@functools.cache
def _trust() -> Trust:
    keys = demo_keys()
    recovery_key = bytes(keys.recovery.public_key)
    return Trust("Demoregionen", _ORIGIN, keys.ledger.public_key, keys.config.public_key, recovery_key)


@functools.cache
def _trust_record() -> Frame:
    return _record(config.TRUST_KIND, {config.KEYS_PART: _trust().encode()}, demo_keys().root)


@functools.cache
def _first_configuration() -> Frame:
    text = resource("demo/demo.toml").read_text(encoding="utf-8")
    contents = document.contents(document.read(re.sub(r'\bpin = "\d+"', 'verifier = "of nobody"', text)))
    encoded = {name: canonical.encode(content) for name, content in contents.items()}
    return _record(config.CONFIG_KIND, encoded, demo_keys().config)


def _record(kind: str, contents: dict[str, bytes], signer: Signer) -> Frame:
    parts = [Part(name, name.encode().ljust(SALT_BYTES, b"."), data) for name, data in contents.items()]
    return config.next_record(kind, NO_RECORD[:CHAIN_BYTES], None, parts, signer)
