"""Where values stand: templates, in families dealt to the two halves in turn, by group."""

from __future__ import annotations

from headrace.privacy.corpus.contexts.family import Family, Group
from headrace.privacy.corpus.fresh.halves import dealt

_WRITTEN: dict[Group, tuple[tuple[str, ...], ...]] = {
    "labelled": (
        (
            "Hello! Could you please update my ⟨label⟩ to ⟨v⟩? The old one no longer works.",
            "his ⟨label⟩ is ⟨v⟩ and hers we do not have",
            "user: ⟨label⟩ ⟨v⟩\nassistant: thanks, ⟨name⟩, noted.",
            "Note to file: ⟨label⟩ (⟨v⟩) verified on ⟨date⟩ by ⟨name⟩.",
        ),
        (
            "Please find the ⟨label⟩ below.\n\n⟨v⟩\n\nRegards, ⟨name⟩",
            "Her new ⟨label⟩ was ⟨v⟩, she said.",
            "Q: What is your ⟨label⟩? A: ⟨v⟩",
            "We have ⟨v⟩ as the ⟨label⟩ of ⟨name⟩ - is that right?",
        ),
        (
            '{"customer": {"first": "⟨name⟩", "⟨label⟩": "⟨v⟩"}, "total": ⟨price⟩}',
            "INFO  user.update ⟨label⟩=⟨v⟩ user_id=⟨n⟩ ok",
            '<field name="⟨label⟩">⟨v⟩</field>',
            "id,name,⟨label⟩\n⟨n⟩,⟨name⟩,⟨v⟩",
        ),
        (
            "{'⟨label⟩': '⟨v⟩', 'name': '⟨name⟩'}",
            "⟨date⟩ ⟨time⟩ DEBUG profile loaded: ⟨label⟩: ⟨v⟩; plan=pro",
            "<td>⟨label⟩</td><td>⟨v⟩</td>",
            "⟨name⟩\t⟨label⟩\t⟨v⟩\t⟨date⟩",
        ),
        (
            "Bonjour, voici mon ⟨label⟩ : ⟨v⟩. Merci d'avance.",
            "Hola, mi ⟨label⟩ es ⟨v⟩, gracias.",
            "Guten Tag, ⟨label⟩: ⟨v⟩, bitte ändern.",
            "⟨label⟩は⟨v⟩です。よろしくお願いします。",
        ),
        (
            "Buongiorno, il mio ⟨label⟩ è ⟨v⟩.",
            "Meu ⟨label⟩ é ⟨v⟩, obrigado!",
            "Здравствуйте, ⟨label⟩: ⟨v⟩, спасибо",
            "您好，⟨label⟩：⟨v⟩。",
        ),
        (
            "- ⟨label⟩: ⟨v⟩\n- name: ⟨name⟩",
            "**⟨label⟩:** ⟨v⟩",
            "⟨label⟩ - ⟨v⟩",
            'const row = { "⟨label⟩": "⟨v⟩" };',
        ),
        (
            "* ⟨label⟩ -> ⟨v⟩",
            "[⟨label⟩] ⟨v⟩ [/end]",
            "⟨label⟩ #⟨v⟩",
            "set_field('⟨label⟩', '⟨v⟩')",
        ),
    ),
    "bare": (
        (
            "Try ⟨v⟩ instead.",
            "I sent it to ⟨v⟩ yesterday, ⟨name⟩.",
            "WARN rejected ⟨v⟩ (reason=⟨word⟩)",
            "“⟨v⟩”, it says.",
        ),
        (
            "⟨v⟩, ⟨name⟩ said",
            "What is ⟨v⟩?",
            "got <⟨v⟩> from the ⟨word⟩ page",
            "see: ⟨v⟩; then ⟨word⟩",
        ),
        (
            '["⟨v⟩", null, ⟨d⟩]',
            "x=⟨v⟩&y=⟨d⟩",
            "echo '⟨v⟩' | sort",
            "GET /?q=⟨v⟩ 200 ⟨n⟩",
        ),
        (
            '"(⟨v⟩)"',
            "update t set c='⟨v⟩' where id=⟨n⟩",
            "row ⟨d⟩|⟨v⟩|⟨date⟩",
            "print('⟨v⟩')  # ⟨word⟩",
        ),
    ),
    "assigned": (
        (
            "⟨label⟩=⟨v⟩",
            'os.environ["⟨label⟩"] = "⟨v⟩"',
            "  ⟨label⟩: ⟨v⟩\n  region: eu-west-1",
            "-H '⟨label⟩: ⟨v⟩'",
        ),
        (
            'const ⟨label⟩ = "⟨v⟩";',
            "ENV ⟨label⟩ ⟨v⟩",
            "- name: ⟨label⟩\n  value: ⟨v⟩",
            "the ⟨label⟩ is: ⟨v⟩",
        ),
        (
            '{"⟨label⟩": "⟨v⟩", "debug": false}',
            "connect(⟨label⟩='⟨v⟩')",
            'let ⟨label⟩: &str = "⟨v⟩";',
            "please rotate my ⟨label⟩ ⟨v⟩ today",
        ),
        (
            "⟨label⟩ = ⟨v⟩",
            '<add key="⟨label⟩" value="⟨v⟩" />',
            "I set the ⟨label⟩ to ⟨v⟩ but it fails",
            'private static final String ⟨label⟩ = "⟨v⟩";',
        ),
    ),
    "block": (
        ("here is what I have:\n⟨v⟩\nthanks", 'KEY="⟨v⟩"'),
        ("⟨v⟩", "cat <<EOF > key.pem\n⟨v⟩\nEOF"),
    ),
}

FRESH_FAMILIES: tuple[Family, ...] = tuple(
    Family(f"fresh_{group}_{number}", split, group, templates)
    for group, written in _WRITTEN.items()
    for number, (split, templates) in enumerate(dealt(written))
)
