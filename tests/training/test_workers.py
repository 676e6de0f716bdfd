from operator import mul

from training.workers import start_workers, with_given


def test_workers_add_what_they_were_given_to_every_call():
    with start_workers(2, 7) as pool:
        assert [pool.submit(with_given, mul, number).result() for number in (1, 2, 3)] == [7, 14, 21]
