"""Whatever a region says that it cannot prove, the till keeps nothing of it, says so, and sells on."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx2
import pytest
from starlette.responses import RedirectResponse, Response, StreamingResponse

from sync.client.engine import Push
from sync.client.errors import Rejected
from sync.client.status import Attention
from sync.client.transport import MAX_ANSWER_BYTES, Transport
from sync.server import storage
from sync.server.region import Region
from sync.wire import checkpoint, entry, tree
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Pushed, Refusal
from tests.sync.builders import START_MS, Clock, Till, enrol, publish, seal_many, signer
from tests.sync.client.liar import Liar, but

Lie = Callable[[Liar, list[Frame], Pushed], Response | Pushed]


@pytest.fixture
def liar(sqlite_region: Region, clock: Clock) -> Liar:
    publish(sqlite_region)
    enrol(sqlite_region, clock)
    return Liar(sqlite_region.settings.origin, [])


@pytest.fixture
def till(sqlite_region: Region, clock: Clock, liar: Liar) -> Till:
    """A register that has proofs of five records and holds two more."""
    made = enrol(sqlite_region, clock, liar.app())
    with storage.reading(sqlite_region.engine) as db:
        liar.leaves = storage.leaves(db, 0, 100)
    for count in (2, 3):
        made.journal.sell(count)
        assert made.sync().attention is None
    made.journal.sell(2)
    return made


def test_the_truth_is_believed(till: Till, liar: Liar) -> None:
    stand = till.sync()

    assert (stand.unsent, stand.attention) == (0, None)
    assert [proof.next for proof in till.journal.kept] == [0, 2, 5, 7]


# ── Answers that are in the protocol and prove nothing ───────────────────────────────────────────


def _drop(liar: Liar, frames: list[Frame], _: Pushed) -> Pushed:
    """Says it stored what it threw away, and shows the entry from before."""
    del liar.leaves[-len(frames) :]
    return liar.answer(len(liar.leaves) - 1)


def _roll_back(liar: Liar, _: list[Frame], __: Pushed) -> Pushed:
    """Shows a smaller tree, in which the newest record truly stands."""
    newest = liar.leaves[-1]
    liar.leaves = [*liar.leaves[:2], newest]
    return liar.answer(2)


def _rewrite(liar: Liar, _: list[Frame], answer: Pushed) -> Pushed:
    """Shows a tree with another past."""
    return liar.another_past()


def _rewrite_as_if_new(liar: Liar, _: list[Frame], __: Pushed) -> Pushed:
    """Shows a tree with another past, and no proof that it continues anything."""
    return replace(liar.another_past(), consistency=())


def _same_size(liar: Liar, frames: list[Frame], _: Pushed) -> Pushed:
    """Replaces the newest entries instead of adding to them: the tree is as large as the known one."""
    liar.leaves = [*liar.leaves[:-4], *liar.leaves[-2:]]
    return liar.answer(len(liar.leaves) - 1)


def _swap(liar: Liar, _: list[Frame], __: Pushed) -> Pushed:
    """Proves an entry that is truly in the tree, but is another one's."""
    return liar.answer(0)


def _other_record(liar: Liar, _: list[Frame], __: Pushed) -> Pushed:
    """Stored another record in the place of ours, and proves that."""
    liar.leaves[-1] = entry.encode_record(START_MS, bytes(32))
    return liar.answer(len(liar.leaves) - 1)


def _older_record(liar: Liar, _: list[Frame], __: Pushed) -> Pushed:
    """Proves a record of ours from before."""
    return liar.answer(len(liar.leaves) - 3)


def _wrong_place(_: Liar, __: list[Frame], answer: Pushed) -> Pushed:
    return replace(answer, index=answer.index - 1)


def _wrong_inclusion(_: Liar, __: list[Frame], answer: Pushed) -> Pushed:
    return replace(answer, inclusion=(bytes(32), *answer.inclusion[1:]))


def _long_inclusion(_: Liar, __: list[Frame], answer: Pushed) -> Pushed:
    return replace(answer, inclusion=(*answer.inclusion, bytes(32)))


def _wrong_consistency(_: Liar, __: list[Frame], answer: Pushed) -> Pushed:
    return replace(answer, consistency=(*answer.consistency[:-1], bytes(32)))


def _other_ledger(liar: Liar, _: list[Frame], answer: Pushed) -> Pushed:
    """Signs with the right key, but as another ledger."""
    liar.origin = "kassa.other/ledger/1"
    return liar.answer(len(liar.leaves) - 1)


def _other_key(liar: Liar, _: list[Frame], __: Pushed) -> Pushed:
    liar.key = signer()
    return liar.answer(len(liar.leaves) - 1)


def _edited_note(liar: Liar, _: list[Frame], answer: Pushed) -> Pushed:
    return replace(answer, note=answer.note.replace(f"\n{len(liar.leaves)}\n", "\n11\n"))


def _pretend_less(liar: Liar, _: list[Frame], answer: Pushed) -> Pushed:
    """Truly proves record 4, which was proved long ago, as if it were the newest."""
    return replace(liar.answer(len(liar.leaves) - 3), next=4)


LIES: list[tuple[Lie, str]] = [
    (_drop, "does not name the record that was sent"),
    (_roll_back, "WentBackwards"),
    (_rewrite, "the tree was rewritten"),
    (_rewrite_as_if_new, "consistency proof too short"),
    (_same_size, "the tree was rewritten"),
    (_swap, "not the entry of a record"),
    (_other_record, "does not name the record that was sent"),
    (_older_record, "does not name the record that was sent"),
    (_wrong_place, "leaf is not in the tree"),
    (_wrong_inclusion, "leaf is not in the tree"),
    (_long_inclusion, "inclusion proof too long"),
    (_wrong_consistency, "the tree was rewritten"),
    (_other_ledger, "did not sign the checkpoint"),
    (_other_key, "did not sign the checkpoint"),
    (_edited_note, "BadSignature"),
    (_pretend_less, "claims to hold less than it has proved"),
    (but(inclusion=()), "leaf is not in the tree"),
    (but(consistency=()), "consistency proof too short"),
    (but(leaf=b"{}"), "leaf is not in the tree"),
    (but(note="\n\n\n"), "did not sign the checkpoint"),
    (but(note=""), "not a signed note"),
    (but(next=6), "does not name the record that was sent"),
    (but(index=2**40), "leaf outside the tree"),
]


@pytest.mark.parametrize(("lie", "why"), LIES)
def test_a_lie_is_not_kept(till: Till, liar: Liar, lie: Lie, why: str, caplog: pytest.LogCaptureFixture) -> None:
    kept = list(till.journal.kept)
    liar.lie = lie

    stand = till.sync()

    assert (stand.unsent, stand.proved_seq, stand.attention) == (2, 4, Attention.REGION_LIED)
    assert till.journal.kept == kept
    assert why in caplog.text


def test_records_that_the_journal_lacks_are_no_proof_of_those_it_has(till: Till, liar: Liar) -> None:
    liar.lie = but(next=8)

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (2, Attention.REGION_AHEAD)


def test_the_till_sells_on_and_believes_the_truth_again(till: Till, liar: Liar) -> None:
    liar.lie = but(inclusion=())
    till.sync()
    till.journal.sell(3)
    liar.lie = None

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (0, None)


# ── Answers that are not in the protocol ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response(b""),
        lambda: Response(b"\xff\xfe garbage"),
        lambda: Response("<html>Please log in to the guest network</html>"),
        lambda: Response(b'{"status":"ok"}'),
        lambda: Response(b"{}"),
        lambda: Response(b"[" * 60_000),
        lambda: Response(bytes(MAX_ANSWER_BYTES + 1)),
        lambda: Response(b"\x1f\x8b", headers={"content-encoding": "gzip"}),
        lambda: RedirectResponse("http://elsewhere.test/"),
        lambda: Response(b"no refusal of ours", status_code=403),
        lambda: Response(status_code=204),
    ],
)
def test_what_is_not_in_the_protocol_is_not_understood(till: Till, liar: Liar, answer: Callable[[], Response]) -> None:
    kept = list(till.journal.kept)
    liar.lie = lambda *_: answer()

    stand = till.sync()

    assert (stand.unsent, stand.reachable, stand.attention) == (2, False, Attention.NOT_UNDERSTOOD)
    assert till.journal.kept == kept


def test_an_endless_answer_is_read_no_further_than_an_answer_can_be(till: Till, liar: Liar) -> None:
    given: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            given.append(65_536)
            yield bytes(65_536)

    liar.lie = lambda *_: StreamingResponse(endless())

    till.sync()

    assert sum(given) <= MAX_ANSWER_BYTES + 4 * 65_536


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_region_that_fails_is_away(till: Till, liar: Liar, status: int) -> None:
    liar.lie = lambda *_: Response(status_code=status, headers={"retry-after": "7"})

    stand = till.sync()

    assert (stand.unsent, stand.reachable, stand.retry_after_s, stand.attention) == (2, False, 7.0, None)


def test_a_retry_after_without_sense_is_bounded(till: Till, liar: Liar) -> None:
    liar.lie = lambda *_: Response(status_code=503, headers={"retry-after": "9" * 400})

    assert till.sync().retry_after_s == 3600


def test_a_region_that_asks_for_another_nonce_for_ever_is_asked_twice(till: Till, liar: Liar) -> None:
    liar.lie = lambda *_: Response(Refusal("nonce").encode(), 401, {"kassa-nonce": "another"})
    before = liar.pushes

    stand = till.sync()

    assert (stand.attention, liar.pushes - before) == (Attention.REGISTER_REFUSED, 2)


def test_a_nonce_that_cannot_be_signed_with_is_not_used(till: Till) -> None:
    seen: list[str] = []

    def ask_for_another(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers["signature-input"])
        said = httpx2.ByteStream(Refusal("nonce").encode())
        return httpx2.Response(401, headers=[(b"kassa-nonce", b"\xe5\xe4\xf6")], stream=said)

    line = Transport(httpx2.Client(transport=httpx2.MockTransport(ask_for_another), base_url="http://region.test"))

    with pytest.raises(Rejected):
        line.push(till.sender, Push(0, (), 0))

    assert len(seen) == 2


@pytest.mark.parametrize(("index", "unsent"), [(-1, 2), (0, 2), (1, 1), (499, 2)])
def test_records_before_one_that_the_region_cannot_read_are_proved(
    till: Till, liar: Liar, index: int, unsent: int
) -> None:
    def refuse(liar: Liar, frames: list[Frame], answer: Pushed) -> Response | Pushed:
        if len(frames) < 2:
            return answer
        del liar.leaves[-2:]
        return Response(Refusal("malformed", index).encode(), 422)

    liar.lie = refuse

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (unsent, Attention.RECORD_REFUSED)


# ── Conflicts ────────────────────────────────────────────────────────────────────────────────────


def test_a_fork_signed_with_our_key_is_told(till: Till, liar: Liar) -> None:
    (other,) = seal_many(till.journal.enrolment, till.journal.key, 1, after=till.journal.records[:5], note="clone")
    fork = Conflict("fork", 5, other.record.hash, other.record.env)
    liar.lie = lambda *_: Response(fork.encode(), 409)

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (2, Attention.FORK)


def test_a_fork_that_nobody_signed_is_a_lie(till: Till, liar: Liar) -> None:
    (other,) = seal_many(till.journal.enrolment, signer(), 1, after=till.journal.records[:5], note="clone")
    own, elsewhere = till.journal.records[5].record, till.journal.records[4].record
    shown = [other.record.env, own.env, elsewhere.env, b"garbage"]

    for env in shown:
        liar.lie = lambda *_, env=env: Response(Conflict("fork", 5, bytes(32), env).encode(), 409)
        assert till.sync().attention is Attention.REGION_LIED


def test_a_region_that_has_less_is_sent_what_it_lacks(till: Till, liar: Liar) -> None:
    def gap(liar: Liar, frames: list[Frame], answer: Pushed) -> Response | Pushed:
        if len(frames) == 2:
            del liar.leaves[-2:]
            return Response(Conflict("gap", 3, till.journal.hash_of(2)).encode(), 409)
        return answer

    liar.lie = gap

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (0, None)


@pytest.mark.parametrize("seq", [0, 3, 5, 6])
def test_a_gap_for_ever_ends(till: Till, liar: Liar, seq: int) -> None:
    head = till.journal.hash_of(seq - 1) if seq else till.journal.enrolment.hash
    liar.lie = lambda *_: Response(Conflict("gap", seq, head).encode(), 409)
    before = liar.pushes

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (2, Attention.REGION_LIED)
    assert liar.pushes - before <= 3


def test_a_region_that_steps_back_for_ever_is_not_followed_for_ever(till: Till, liar: Liar) -> None:
    def step_back(liar: Liar, frames: list[Frame], _: Pushed) -> Response:
        seq = liar.next - len(frames) - 1
        return Response(Conflict("gap", seq, till.journal.hash_of(seq - 1)).encode(), 409)

    liar.lie = step_back
    before = liar.pushes

    stand = till.sync()

    assert (stand.attention, liar.pushes - before) == (Attention.REGION_LIED, 3)


def test_a_gap_after_records_that_we_lack_is_told(till: Till, liar: Liar) -> None:
    liar.lie = lambda *_: Response(Conflict("gap", 9, bytes(32)).encode(), 409)

    assert till.sync().attention is Attention.REGION_AHEAD


# ── Configuration ────────────────────────────────────────────────────────────────────────────────


def test_an_announced_configuration_that_is_not_given_is_told(till: Till, liar: Liar) -> None:
    liar.config_seq = 4

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (0, Attention.CONFIGURATION_REFUSED)


def test_the_tree_of_the_liar_is_a_tree(liar: Liar) -> None:
    liar.leaves = [b"a", b"b", b"c"]

    answer = liar.answer(1)

    head = checkpoint.read(answer.note, liar.origin, liar.key.public_key)
    tree.verify_inclusion(b"b", 1, 3, answer.inclusion, head.root)
