"""One YAML file: unknown keys are told with their nearest neighbour, every key is documented."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from headrace import settings
from headrace.errors import ConfigError
from headrace.settings import Settings, load, parse
from headrace.settings_file import commented_yaml, documentation

BLOCKS = [kind for kind in vars(settings).values() if isinstance(kind, type) and issubclass(kind, settings._Block)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("store: {thread: 2}", "store.thread: no such setting; did you mean store.threads?"),
        ("kafak: {}", "kafak: no such setting; did you mean kafka?"),
        (
            "continual_learning: {logging: {sanitise_pii: true}}",
            "continual_learning.logging.sanitise_pii: no such setting; "
            "did you mean continual_learning.logging.sanitize_pii?",
        ),
        ("continual_learning: {retraining: {xyz: 1}}", "there are: schedule, min_new_samples, enable_ab_test"),
        ("store: 7", "store: expected keys and values"),
        ("- a", "the settings: expected keys and values"),
        ("a: [", "the settings are not YAML"),
        ("store: {threads: many}", "store.threads"),
        ("store: {threads: 0}", "store.threads"),
        ("continual_learning: {failure_analysis: {analyze_frequency: never}}", "analyze_frequency"),
        ("continual_learning: {logging: {use_langsmith: true}}", "use_langsmith: not available yet"),
        ("kafka: {topic_prefix: 'a b'}", "kafka.topic_prefix"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_the_block_that_users_know_is_read() -> None:
    read = parse(
        """
        continual_learning:
          logging:            {enabled: true, storage: ./cache/production_logs, sanitize_pii: true, buffer_size: 1000,
                               use_langsmith: false}
          failure_analysis:   {enabled: true, min_cluster_size: 5, analyze_frequency: daily}
          active_learning:    {budget_per_cycle: 50, selection_strategy: hybrid}
          retraining:         {schedule: weekly, min_new_samples: 100, enable_ab_test: true}
          drift_detection:    {enabled: true, detection_method: kolmogorov_smirnov}
          privacy:            {anonymize_user_ids: true, retention_days: 90}
        """
    )
    assert read == Settings()


def test_an_empty_file_means_the_defaults() -> None:
    assert parse("") == parse("# nothing\n") == Settings()


def test_the_file_that_init_writes_holds_every_key_with_its_default() -> None:
    text = commented_yaml()
    assert parse(text) == Settings()
    assert yaml.safe_load(text) == msgspec.to_builtins(Settings(), enc_hook=str)


def test_every_block_and_key_is_documented() -> None:
    documented = documentation(settings)
    fields = [f"{kind.__name__}.{field.name}" for kind in BLOCKS for field in msgspec.structs.fields(kind)]
    blocks = {kind.__name__ for kind in BLOCKS if kind is not settings._Block}
    own = [name for name in fields if not name.startswith(("Settings.", "ContinualLearning."))]
    assert [name for name in (*blocks, *own) if not documented.get(name)] == []


def test_the_address_of_the_broker_may_come_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("kafka: {bootstrap_servers: 'a:1', topic_prefix: t}")
    environment = {"HEADRACE_CONFIG": str(file), "HEADRACE_BOOTSTRAP_SERVERS": "b:2"}
    read = load(environment=environment).kafka
    assert (read.bootstrap_servers, read.topic_prefix) == ("b:2", "t")


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such settings file; `headrace init` writes one"):
        load(tmp_path / "absent.yaml")
