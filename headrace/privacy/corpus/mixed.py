"""Whole interactions of about 1.15 KB, for speed: with numbers, codes, and values in six of ten, or plain talk."""

from __future__ import annotations

from headrace.privacy.corpus.dice import Dice

BYTES = 1_146
"""Mean size of an interaction in the measurements of other tools (UTF-8)."""
VALUES_PER_INTERACTION = 0.637
NOT_IN_ENGLISH = 0.12
"""Share of interactions with letters outside of ASCII in the same measurements."""

_ENGLISH = (
    "Hello, I ordered two items last week (order ⟨order⟩) and only one of them has arrived so far.",
    "The app shows an error since the last update, and I have tried to reinstall it twice without any luck.",
    "Could you tell me what the fee of ⟨price⟩ on my last invoice stands for, and why it was charged again?",
    "Thank you for reaching out, ⟨name⟩. I have looked into this and the ⟨word⟩ is being handled by our team.",
    "You can follow the progress under Settings > Orders; an update usually takes a few minutes to show up there.",
    "The charge on ⟨date⟩ is the monthly plan, and the smaller one is tax; both were booked at the same time.",
    "Please restart the device, wait for the light to turn green, and then open https://example.com/help again.",
    "Our records show that the ⟨word⟩ was completed, so there is nothing left for you to do at the moment.",
    "If this does not help, we will send a replacement free of charge within ⟨d⟩ working days, just let me know.",
    "I would like to change the delivery to the office, because nobody is at home during the day this week.",
    "That makes sense, thanks! One more thing: can I still use the voucher that came with the newsletter?",
    "Of course. Vouchers are valid for ⟨d⟩ months, and you can enter the code on the last page of the checkout.",
    "```python\nfor row in rows[:⟨n⟩]:\n    total += row.price * ⟨d⟩\n```",
    "Support for version ⟨version⟩ ends soon; the guide lists which settings move and which of them are dropped.",
)
_OTHERS = (
    (
        "Ich möchte meinen Vertrag zum Jahresende kündigen und bitte um eine kurze Bestätigung.",
        "Der Betrag wird Ihnen in den nächsten Werktagen gutgeschrieben; schöne Grüße aus München.",
        "Für die Rücksendung müssen Sie nichts bezahlen, das Etikett liegt der Lieferung ⟨order⟩ bei.",
    ),
    (
        "¿Cuándo llega mi pedido ⟨order⟩? Lo necesito antes del fin de semana, por favor.",
        "Según el seguimiento, el paquete saldrá mañana; recibirá una notificación cuando esté en camino.",
    ),
    (
        "Bonjour, je n'arrive plus à me connecter depuis ce matin, pouvez-vous m'aider ?",
        "Nous avons bien reçu votre demande et la traitons dès que possible, merci de votre patience.",
    ),
    (
        "请问我的订单⟨order⟩什么时候发货？我已经等了⟨d⟩天，客服一直没有回复，谢谢！",
        "您好，您的订单已经在处理中，预计明天发出，届时会有短信通知。",
    ),
    (
        "Здравствуйте, подскажите, пожалуйста, где мой заказ ⟨order⟩?",
        "Ваш заказ уже передан в доставку, обычно это занимает несколько рабочих дней.",
    ),
)


_DIALOGUE = tuple(
    sentences
    for language in (_ENGLISH, *_OTHERS)
    if len(sentences := tuple(one for one in language if "⟨" not in one and "```" not in one)) > 1
)


def dialogue(dice: Dice) -> str:
    """Sentences of one language up to the size: talk, without any value, number or code."""
    language = dice.pick(_DIALOGUE[1:]) if dice.chance(NOT_IN_ENGLISH) else _DIALOGUE[0]
    sentences: list[str] = []
    while sum(len(sentence.encode()) + 1 for sentence in sentences) < BYTES - 40:
        sentences.append(dice.pick(language))
    return " ".join(sentences)


def template(dice: Dice) -> str:
    """Sentences of one language up to the size, with ⟨v⟩ at most once."""
    language = dice.pick(_OTHERS) if dice.chance(NOT_IN_ENGLISH) else _ENGLISH
    sentences: list[str] = []
    size = 0
    while size < BYTES - 60:
        sentence = dice.pick(language)
        sentences.append(sentence)
        size += len(sentence.encode()) + 1
    if dice.chance(VALUES_PER_INTERACTION):
        sentences.insert(dice.whole(0, len(sentences)), "You can reach me: ⟨v⟩.")
    return " ".join(sentences)
