"""Reading a push: any bytes are frames up to where they stop making sense, and nothing else ever happens."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.server import ingest
from sync.wire import frame
from sync.wire.entry import Enrolment
from tests.sync.builders import START_MS, seal_many, signer

KEY = signer()
BORN = Enrolment(START_MS, bytes(16), "ekbacken", "R0417", "H", KEY.public_key)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_push_up_to_where_they_stop_making_sense(raw: bytes) -> None:
    sent = ingest.read_push(0, raw)

    assert frame.encode_all(sent.frames) == raw[: len(frame.encode_all(sent.frames))]
    assert (sent.fault is None) == (frame.encode_all(sent.frames) == raw)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_push_with_a_changed_byte_keeps_what_stands_before_it(data: st.DataObject) -> None:
    frames = seal_many(BORN, KEY, 3)
    raw = frame.encode_all(frames)
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :]
    whole = sum(at >= len(frame.encode_all(frames[:count])) for count in range(1, 4))

    sent = ingest.read_push(0, changed)

    assert list(sent.frames[:whole]) == frames[:whole]
