"""Templates to tune on."""

from __future__ import annotations

from headrace.privacy.corpus.contexts.family import Family

TUNE: tuple[Family, ...] = (
    Family(
        "chat",
        "tune",
        "labelled",
        (
            "Hi, my ⟨label⟩ is ⟨v⟩, can you look into order ⟨order⟩?",
            "Sure! ⟨label⟩: ⟨v⟩. Anything else you need?",
            "I moved in ⟨date⟩, please change my ⟨label⟩ to ⟨v⟩ thanks",
            "Agent: could you confirm your ⟨label⟩?\nCustomer: yes it's ⟨label⟩ ⟨v⟩",
            "⟨name⟩ here. The ⟨label⟩ on file (⟨v⟩) is wrong!",
        ),
    ),
    Family(
        "form",
        "tune",
        "labelled",
        (
            "Name: ⟨name⟩\n⟨label⟩: ⟨v⟩\nDate: ⟨date⟩",
            "⟨label⟩ = ⟨v⟩; reference = ⟨n⟩",
            "| Field | Value |\n|---|---|\n| ⟨label⟩ | ⟨v⟩ |\n| Amount | ⟨price⟩ |",
            "- [x] ⟨label⟩ - ⟨v⟩\n- [ ] signature",
        ),
    ),
    Family(
        "json",
        "tune",
        "labelled",
        (
            '{"id": ⟨n⟩, "⟨label⟩": "⟨v⟩", "active": true}',
            '{"user":{"name":"⟨name⟩","⟨label⟩":"⟨v⟩"},"ts":"⟨date⟩T⟨time⟩Z"}',
        ),
    ),
    Family(
        "elsewhere",
        "tune",
        "labelled",
        (
            "Sehr geehrtes Team, meine ⟨label⟩ ist ⟨v⟩. Danke!",
            "mon ⟨label⟩ est ⟨v⟩ svp",
            "mi ⟨label⟩: ⟨v⟩.",
            "我的⟨label⟩：⟨v⟩，谢谢",
            "name;⟨label⟩;since\n⟨name⟩;⟨v⟩;⟨date⟩",
            "⟨label⟩: '⟨v⟩' # from the ⟨word⟩ form",
            "UPDATE users SET note='⟨label⟩ ⟨v⟩' WHERE id=⟨n⟩;",
        ),
    ),
    Family(
        "log",
        "tune",
        "bare",
        (
            "⟨date⟩ ⟨time⟩ INFO  [worker-⟨d⟩] request ⟨uuid⟩ from ⟨v⟩ took ⟨n⟩ms",
            '⟨date⟩T⟨time⟩Z level=warn msg="retry" subject=⟨v⟩ attempt=⟨d⟩',
            "[⟨time⟩] ERROR could not notify ⟨v⟩: timeout after ⟨n⟩ s",
        ),
    ),
    Family(
        "mail",
        "tune",
        "bare",
        (
            "Dear ⟨name⟩,\n\nas discussed, please use ⟨v⟩ from now on.\n\nBest,\n⟨name⟩",
            "> On ⟨date⟩ ⟨name⟩ wrote:\n> it is ⟨v⟩\nThanks, got it.",
            "Please remove ⟨v⟩ from your list.",
            "I have two questions about (⟨v⟩) and the ⟨word⟩.",
            "⟨v⟩",
            "Is ⟨v⟩ still right?",
        ),
    ),
    Family(
        "quoted",
        "tune",
        "bare",
        ('The value "⟨v⟩" was rejected.', "value='⟨v⟩', next", "<td>⟨v⟩</td>", "`⟨v⟩` does not work", "[⟨v⟩]"),
    ),
    Family(
        "env",
        "tune",
        "assigned",
        (
            "⟨label⟩=⟨v⟩",
            "curl -H '⟨label⟩: ⟨v⟩' https://example.com",
            "run --⟨label⟩ ⟨v⟩",
            "DEBUG=1\n⟨label⟩=⟨v⟩\nPORT=8080",
            'export ⟨label⟩="⟨v⟩"',
            "⟨label⟩ = '⟨v⟩'",
        ),
    ),
    Family(
        "settings",
        "tune",
        "assigned",
        (
            "database:\n  host: db\n  ⟨label⟩: ⟨v⟩\n  pool: 5",
            '{"host": "db", "⟨label⟩": "⟨v⟩"}',
            'client = Client(⟨label⟩="⟨v⟩", timeout=30)',
        ),
    ),
    Family("said", "tune", "assigned", ("my ⟨label⟩ is ⟨v⟩", "The ⟨label⟩: ⟨v⟩ does not work any more")),
    Family("file", "tune", "block", ("Look:\n⟨v⟩\nWhat is wrong with it?", "$ cat id\n⟨v⟩\n$", '{"key": "⟨v⟩"}')),
)
