import random

import pytest

from app.frames import LENGTHS, MAX_HEADER, MAX_PAYLOAD, Deframer, Malformed, frame

FRAMES = [(b"{}", b""), (b"", b""), (b'{"a":1}', b"\0" * 1000), (b"x" * 300, b"payload")]


def test_frames_come_out_as_they_went_in_however_the_bytes_arrive() -> None:
    stream = b"".join(frame(header, payload) for header, payload in FRAMES)
    cuts = random.Random(0)
    for _ in range(50):
        deframer, received, rest = Deframer(), [], stream
        while rest:
            n = cuts.randint(1, len(rest))
            received += deframer.feed(rest[:n])
            rest = rest[n:]
        assert received == FRAMES


def test_one_byte_at_a_time() -> None:
    deframer = Deframer()
    received = [f for byte in frame(b"head", b"body") for f in deframer.feed(bytes([byte]))]
    assert received == [(b"head", b"body")]


@pytest.mark.parametrize("lengths", [(MAX_HEADER + 1, 0), (0, MAX_PAYLOAD + 1), (2**32 - 1, 2**32 - 1)])
def test_absurd_lengths_are_refused_before_anything_is_kept(lengths: tuple[int, int]) -> None:
    with pytest.raises(Malformed):
        Deframer().feed(LENGTHS.pack(*lengths))


def test_a_frame_the_other_side_would_refuse_is_not_made() -> None:
    with pytest.raises(Malformed):
        frame(b"", bytes(MAX_PAYLOAD + 1))
