from __future__ import annotations

from lynx_scenario.telemetry.sample_queue import Sample, SampleQueue


def nothing() -> None:
    """Gathers no longer."""


def sample(name: str, value: float) -> Sample:
    return (name, value, 0.0, "")


def test_items_come_in_order() -> None:
    queue = SampleQueue(capacity=10)
    queue.put(sample("a", 1.0))
    queue.put(sample("b", 2.0))
    mark = queue.mark()
    queue.put(sample("a", 3.0))
    samples, marks = queue.collect(nothing)
    assert samples == [sample("a", 1.0), sample("b", 2.0), sample("a", 3.0)]
    assert marks == [mark]
    assert queue.empty
    assert queue.shed == 0


def test_a_full_queue_gives_up_its_oldest_samples_and_counts_them() -> None:
    queue = SampleQueue(capacity=3)
    for value in range(10):
        queue.put(sample("a", float(value)))
    samples, _ = queue.collect(nothing)
    assert [value for _, value, _, _ in samples] == [7.0, 8.0, 9.0]
    assert queue.shed == 7


def test_the_newest_sample_of_a_crowded_out_variable_is_kept() -> None:
    queue = SampleQueue(capacity=3)
    queue.put(sample("rare", 1.0))
    queue.put(sample("rare", 2.0))
    for value in range(10):
        queue.put(sample("often", float(value)))
    samples, _ = queue.collect(nothing)
    assert samples == [sample("rare", 2.0), *(sample("often", value) for value in (7.0, 8.0, 9.0))]
    assert queue.shed == 8


def test_a_mark_is_never_given_up() -> None:
    queue = SampleQueue(capacity=2)
    mark = queue.mark()
    for value in range(10):
        queue.put(sample("a", float(value)))
    samples, marks = queue.collect(nothing)
    assert marks == [mark]
    assert samples[-1] == sample("a", 9.0)
    assert queue.shed + len(samples) == 10


def test_no_room_is_made_while_a_batch_gathers() -> None:
    queue = SampleQueue(capacity=2)
    queue.put(sample("a", 0.0))

    def gather() -> None:
        for value in range(1, 6):
            queue.put(sample("a", float(value)))

    samples, _ = queue.collect(gather)
    assert [value for _, value, _, _ in samples] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert queue.shed == 0


def test_a_mark_takes_no_samples_place() -> None:
    queue = SampleQueue(capacity=2)
    queue.put(sample("a", 0.0))
    queue.put(sample("a", 1.0))
    queue.mark()
    samples, _ = queue.collect(nothing)
    assert [value for _, value, _, _ in samples] == [0.0, 1.0]
    assert queue.shed == 0


def test_discarding_counts_samples_only() -> None:
    queue = SampleQueue(capacity=10)
    queue.put(sample("a", 1.0))
    queue.mark()
    queue.put(sample("a", 2.0))
    assert queue.discard() == 2
    assert queue.empty
