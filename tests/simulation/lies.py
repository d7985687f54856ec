"""What a dishonest region answers: true answers bent in one place, signed with the true keys where that helps it.

Each lie says which attention a till must come to, so that one that is swallowed is found out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sync.client.engine import Push
from sync.client.status import Attention
from sync.wire import checkpoint, config, entry, record, tree
from sync.wire.demo_keys import demo_keys
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Pushed
from sync.wire.record import SALT_BYTES, Part
from sync.wire.signature import Signer
from tests.simulation.site import Site
from tests.simulation.truth import nodes_of, root_of

LIED = frozenset({Attention.REGION_LIED})
AHEAD = frozenset({Attention.REGION_AHEAD})
_REFUSED = AHEAD | {Attention.CONFIGURATION_REFUSED, Attention.FORK}
"""A till that is at odds with its region asks for no configuration."""


@dataclass(frozen=True, slots=True)
class Lie:
    """`tell` makes the answer to a push from the true one; None when there is nothing to lie about. `stores`: what is
    pushed is stored all the same. `alarms` are the attentions of which one must follow; none for a lie that nobody can
    see through yet, and which `poisons` what the till will believe from then on."""

    name: str
    tell: Callable[[Site, Push, Pushed], Pushed | Conflict | None]
    alarms: frozenset[Attention]
    stores: bool = True
    poisons: bool = False
    bends: Callable[[Site, list[Frame]], list[Frame]] | None = None
    """What becomes of the frames of any other answer."""


def _claims_stored(site: Site, push: Push, answer: Pushed) -> Pushed | None:
    del site
    return replace(answer, next=push.end) if answer.next < push.end else None


def _names_it_too(site: Site, push: Push, answer: Pushed) -> Pushed | None:
    if answer.next >= push.end:
        return None
    return replace(answer, next=push.end, leaf=entry.encode_record(site.now_ms(), push.frames[-1].record.hash))


def _private_tree(site: Site, push: Push, answer: Pushed) -> Pushed | None:
    """A whole ledger for one till: what it says of itself is true. It shows when the till is told of another."""
    if answer.next >= push.end:
        return None
    leaves = [*site.leaves(), *(entry.encode_record(site.now_ms(), one.record.hash) for one in push.frames)]
    site.truth.saw_tree(leaves)
    return _of_tree(site, push, replace(answer, next=push.end), leaves, len(leaves) - 1)


def _another_past(site: Site, push: Push, answer: Pushed) -> Pushed:
    leaves = [entry.encode_record(site.now_ms(), bytes(32)), *site.leaves()[1:]]
    site.truth.saw_tree(leaves)
    return _of_tree(site, push, answer, leaves, answer.index)


def _of_tree(site: Site, push: Push, answer: Pushed, leaves: Sequence[bytes], index: int) -> Pushed:
    """The answer that a ledger of these leaves would give."""
    nodes = nodes_of(leaves)
    size, get = len(leaves), nodes.__getitem__
    origin, known = site.host.settings.origin, min(push.known_size, size)
    return replace(
        answer,
        leaf=leaves[index],
        index=index,
        inclusion=tuple(tree.inclusion(index, size, get)),
        note=checkpoint.sign(origin, size, tree.root(size, get), demo_keys().ledger).note,
        consistency=tuple(tree.consistency(known, size, get)),
    )


def _smaller(site: Site, push: Push, answer: Pushed) -> Pushed | None:
    """A head from before the one that is known."""
    if push.known_size <= answer.index + 1:
        return None
    return _of_tree(site, push, answer, site.leaves()[: push.known_size - 1], answer.index)


def _bad_consistency(site: Site, push: Push, answer: Pushed) -> Pushed | None:
    del site, push
    if not answer.consistency:
        return None
    return replace(answer, consistency=(bytes(32), *answer.consistency[1:]))


def _bad_inclusion(site: Site, push: Push, answer: Pushed) -> Pushed:
    del site, push
    return replace(answer, inclusion=(bytes(32), *answer.inclusion[1:]))


def _other_key(site: Site, push: Push, answer: Pushed) -> Pushed:
    del push
    leaves = site.leaves()
    forged = checkpoint.sign(site.host.settings.origin, len(leaves), root_of(leaves), Signer(bytes(32)))
    return replace(answer, note=forged.note)


def _other_ledger(site: Site, push: Push, answer: Pushed) -> Pushed:
    del push
    origin = site.host.settings.origin
    return replace(answer, note=answer.note.replace(origin, "kassa.another/ledger/1"))


def _anothers_entry(site: Site, push: Push, answer: Pushed) -> Pushed | None:
    """A true proof of a record: of some other till."""
    leaves = site.leaves()
    others = [at for at, leaf in enumerate(leaves) if b'"k":"rec"' in leaf and leaf != answer.leaf]
    if not others:
        return None
    return _of_tree(site, push, answer, leaves, others[len(others) // 2])


def _more_than_there_is(site: Site, push: Push, answer: Pushed) -> Pushed:
    del site, push
    return replace(answer, next=answer.next + 2)


def _less_than_proved(site: Site, push: Push, answer: Pushed) -> Pushed | None:
    if answer.next < 2 or push.frames:
        return None
    before = "SELECT leaf FROM record WHERE seq = ? AND chain = (SELECT chain FROM record WHERE leaf = ?)"
    own = site.raw.execute(before, (answer.next - 2, answer.index)).fetchone()
    return _of_tree(site, push, replace(answer, next=answer.next - 1), site.leaves(), own[0]) if own else None


def _gap_from_nowhere(site: Site, push: Push, answer: Pushed) -> Conflict:
    del site
    return Conflict("gap", min(push.start, answer.next), bytes(32))


def _gap_far_ahead(site: Site, push: Push, answer: Pushed) -> Conflict:
    del site
    return Conflict("gap", max(push.end, answer.next) + 3, bytes(32))


def _fork_with_own(site: Site, push: Push, answer: Pushed) -> Conflict | None:
    del site, answer
    if not push.frames:
        return None
    own = push.frames[0].record
    return Conflict("fork", own.header.seq, own.hash, own.env)


def _fork_forged(site: Site, push: Push, answer: Pushed) -> Conflict | None:
    del site, answer
    if not push.frames:
        return None
    own = push.frames[0].record
    return Conflict("fork", own.header.seq, bytes(32), bytes(64) + own.env[64:].replace(b'"v":1', b'"v":2'))


def _unpublished(site: Site, push: Push, answer: Pushed) -> Pushed:
    del site, push
    return replace(answer, config_seq=answer.config_seq + 1)


def _forged_configuration(site: Site, frames: list[Frame]) -> list[Frame]:
    """The next configuration, signed by nobody who may."""
    del frames
    (env,) = site.raw.execute("SELECT env FROM config WHERE kind = 'config' ORDER BY seq DESC").fetchone()
    newest, price = record.read(env), Part(config.REGION_PART, bytes(SALT_BYTES), b"{}")
    return [config.next_record(config.CONFIG_KIND, newest.header.chain, newest, [price], Signer(bytes(32)))]


def _truth(site: Site, push: Push, answer: Pushed) -> Pushed:
    del site, push
    return answer


def _changed_content(_: Site, frames: list[Frame]) -> list[Frame]:
    """What the records say is of another year than was signed."""
    return [
        replace(one, parts=tuple(replace(part, data=part.data.replace(b"2026", b"2025")) for part in one.parts))
        for one in frames
    ]


def _resigned(_: Site, frames: list[Frame]) -> list[Frame]:
    """Every record is another, signed with another key; they follow each other as they should."""
    made: list[Frame] = []
    for one in frames:
        prev = made[-1].record.hash if made else one.record.header.prev
        header = replace(one.record.header, prev=prev, ack=bytes(32))
        made.append(Frame(record.seal(header, Signer(bytes(32))), one.parts))
    return made


def _without_the_first(_: Site, frames: list[Frame]) -> list[Frame]:
    return frames[1:]


LIES = (
    Lie("claims to have stored", _claims_stored, LIED, stores=False),
    Lie("names what is not in the tree", _names_it_too, LIED, stores=False),
    Lie("private tree", _private_tree, frozenset(), stores=False, poisons=True),
    Lie("another past", _another_past, LIED),
    Lie("smaller head", _smaller, LIED),
    Lie("bad consistency", _bad_consistency, LIED),
    Lie("bad inclusion", _bad_inclusion, LIED),
    Lie("another key", _other_key, LIED),
    Lie("another ledger", _other_ledger, LIED),
    Lie(
        "another's entry", _anothers_entry, AHEAD | LIED
    ),  # Of a place that a twin has filled it cannot be seen whose it is.
    Lie("more than there is", _more_than_there_is, AHEAD | LIED),
    Lie("less than proved", _less_than_proved, LIED),
    Lie("gap from nowhere", _gap_from_nowhere, LIED),
    Lie("gap far ahead", _gap_far_ahead, AHEAD | LIED),
    Lie("fork with own", _fork_with_own, LIED),
    Lie("forged fork", _fork_forged, LIED),
    Lie("forged configuration", _unpublished, _REFUSED, bends=_forged_configuration),
    Lie("changed content of records", _truth, frozenset(), bends=_changed_content),
    Lie("records of another key", _truth, frozenset(), bends=_resigned),
    Lie("records left out", _truth, frozenset(), bends=_without_the_first),
    Lie("unpublished configuration", _unpublished, _REFUSED),
)
