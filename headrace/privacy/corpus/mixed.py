"""Whole interactions of about 1.15 KB, as agents have them all day, for speed: six values in ten of them."""

from __future__ import annotations

from headrace.privacy.corpus.dice import Dice

BYTES = 1_146
"""Mean size of an interaction in the measurements of other tools (UTF-8)."""
VALUES_PER_INTERACTION = 0.637

_ASKED = (
    "Hello, I ordered two items on ⟨date⟩ (order ⟨order⟩) and only one has arrived so far.",
    "The app shows error ⟨n⟩ since version ⟨version⟩, I have tried to reinstall it twice.",
    "Could you tell me what the fee of ⟨price⟩ on my last invoice stands for?",
    "Ich möchte meinen Vertrag zum ⟨date⟩ kündigen, bitte um Bestätigung.",
    "¿Cuándo llega mi pedido ⟨order⟩? Lo necesito antes del ⟨date⟩.",
    "Bonjour, je n'arrive plus à me connecter depuis ce matin, pouvez-vous m'aider ?",
    "请问我的订单⟨order⟩什么时候发货？我已经等了⟨d⟩天，客服一直没有回复，谢谢！",
    "注文番号⟨order⟩の配送状況を教えてください。届く日を知りたいです。",
    "Здравствуйте, подскажите, пожалуйста, где мой заказ ⟨order⟩?",
)
_ANSWERED = (
    "Thank you for reaching out, ⟨name⟩. I have looked into this and the ⟨word⟩ is being handled by our team.",
    "You can follow the progress under Settings > Orders; an update usually takes ⟨d⟩ to ⟨n⟩ minutes.",
    "The charge of ⟨price⟩ is the monthly plan, and ⟨price⟩ is tax; both were booked on ⟨date⟩ at ⟨time⟩.",
    "Please restart the device, wait for the light to turn green, and then open https://example.com/help/⟨n⟩ again.",
    "Our records show that the ⟨word⟩ was completed, so there is nothing left for you to do.",
    "If this does not help, we will send a replacement for article ⟨n⟩-⟨hex⟩ free of charge within ⟨d⟩ days.",
    "Der Betrag wird Ihnen in den nächsten ⟨d⟩ Werktagen gutgeschrieben; schöne Grüße aus München.",
    "Nous avons bien reçu votre demande et la traitons dès que possible.",
    "```python\nfor row in rows[:⟨n⟩]:\n    total += row.price * ⟨d⟩\n```",
)


def template(dice: Dice) -> str:
    """Sentences up to the size, with ⟨v⟩ at most once."""
    sentences: list[str] = []
    size = 0
    while size < BYTES - 60:
        sentence = dice.pick(_ASKED if size < BYTES // 3 else _ANSWERED)
        sentences.append(sentence)
        size += len(sentence.encode()) + 1
    if dice.chance(VALUES_PER_INTERACTION):
        sentences.insert(dice.whole(0, len(sentences)), "You can reach me: ⟨v⟩.")
    return " ".join(sentences)
