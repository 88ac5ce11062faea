import re
from pathlib import Path

import msgspec
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
JAVA = BENCHMARKS / "kafka-streams/src/main/java/headrace/benchmarks"


@pytest.fixture(autouse=True)
def _scripts_can_be_imported(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_the_java_peer_knows_every_place_and_check_of_the_rule_table(tmp_path):
    import sanitize_policy

    sanitize_policy.write(path := tmp_path / "policy.msgpack")
    rules = msgspec.msgpack.decode(path.read_bytes())["rules"]
    assert rules
    assert {rule["places"]["name"] for rule in rules} <= _names_in(JAVA / "Places.java")
    assert {rule["confirm"] for rule in rules} <= _names_in(JAVA / "Checks.java")


def test_the_rate_leaves_out_the_start_and_the_end():
    from sanitize_peers import rate_between

    slow_start = [(0.0, 0), (10.0, 0), (11.0, 1_000), (12.0, 5_000), (13.0, 9_000), (60.0, 10_000)]
    assert rate_between(slow_start, 1_000, 9_000) == 4_000


def test_a_run_too_short_to_measure_is_no_figure():
    from sanitize_peers import PeerFailed, rate_between

    with pytest.raises(PeerFailed, match="more events"):
        rate_between([(0.0, 0), (0.1, 1_000)], 100, 900)


def test_a_wrong_output_is_no_figure():
    from sanitize_peers import PEERS, PeerFailed, check_output
    from sanitize_work import record_sanitizer

    from headrace import codec
    from headrace.events import ProductionInteraction

    raw = codec.encode(ProductionInteraction(agent_selected="a", user_query="write to ada@example.org"))
    check_output(PEERS["faust"], [raw], iter([record_sanitizer()(raw)]))
    with pytest.raises(PeerFailed, match="1 of 1 checked records"):
        check_output(PEERS["faust"], [raw], iter([raw]))


def test_a_peer_is_not_wrong_about_kinds_that_it_does_not_look_for():
    from sanitize_peers import PEERS, PeerFailed, check_output
    from sanitize_work import record_sanitizer

    from headrace import codec
    from headrace.events import ProductionInteraction

    told = "write to ada@example.org, pay to IBAN DE89 3704 0044 0532 0130 00"
    raw = codec.encode(ProductionInteraction(agent_selected="a", user_query=told))
    six = record_sanitizer(PEERS["streams"].kinds)(raw)
    check_output(PEERS["streams"], [raw], iter([six]))
    with pytest.raises(PeerFailed, match="1 of 1 checked records"):
        check_output(PEERS["quix"], [raw], iter([six]))


def _names_in(path: Path) -> set[str]:
    return set(re.findall(r'"(\w+)"', path.read_text()))
