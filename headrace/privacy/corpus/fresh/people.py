"""E-mail addresses and telephones."""

from __future__ import annotations

from collections.abc import Callable

from headrace.privacy.corpus.dice import Dice
from headrace.privacy.corpus.fresh.recipe import Recipe
from headrace.privacy.corpus.values.maker import VALUE_CLOSE, VALUE_OPEN

_MAIL = (
    "email",
    "E-mail",
    "mail address",
    "Email Address",
    "correo electrónico",
    "メールアドレス",
    "reply-to",
    "contact",
)
_PHONE = (
    "phone",
    "Phone number",
    "cell",
    "mobile",
    "tel",
    "Telephone",
    "call me at",
    "callback number",
    "phone_number",
)
_ABROAD = (*_PHONE, "Telefon", "Handy", "téléphone", "teléfono", "telefono", "телефон", "电话", "WhatsApp", "fax")
_AREAS = ("212", "305", "415", "512", "617", "702", "808", "916", "202", "773", "206", "404")
_GIVEN = ("maria", "j.smith", "o'brien", "li.wei", "anne-marie", "t_nguyen", "k2", "r.d.lopez", "priya88", "omar.f")
_INTERNATIONAL_NAMES = ("jörg", "иван", "françois", "山田")
_INTERNATIONAL_DOMAINS = ("bücher.de", "пример.рф", "exämple.org", "例え.jp")
_DOMAINS = (
    "gmail.com",
    "yahoo.co.uk",
    "mail.ru",
    "acme-corp.io",
    "uni-bonn.de",
    "sub.dept.gov.au",
    "proton.me",
    "qq.com",
)


def _us(form: str) -> Callable[[Dice], str]:
    def made(dice: Dice) -> str:
        area, exchange = dice.pick(_AREAS), f"{dice.whole(2, 9)}{dice.whole(2, 9)}{dice.digits(1)}"
        return form.format(a=area, e=exchange, n=dice.digits(4), x=dice.whole(10, 9999))

    return made


def _mobile(prefixes: tuple[str, ...], shape: str) -> Callable[[Dice], str]:
    return lambda dice: dice.pick(prefixes) + dice.shaped(shape)


PEOPLE: dict[str, tuple[Recipe, ...]] = {
    "email": (
        Recipe("plain", _MAIL, lambda dice: f"{dice.pick(_GIVEN)}@{dice.pick(_DOMAINS)}"),
        Recipe(
            "tagged",
            _MAIL,
            lambda dice: f"{dice.pick(_GIVEN)}+{dice.pick(('news', 'x1', 'a.b'))}@{dice.pick(_DOMAINS)}",
        ),
        Recipe("numbered", _MAIL, lambda dice: f"{dice.pick(_GIVEN)}{dice.whole(1, 1999)}@{dice.pick(_DOMAINS)}"),
        Recipe("upper", _MAIL, lambda dice: f"{dice.pick(_GIVEN)}@{dice.pick(_DOMAINS)}".upper()),
        Recipe(
            "international",
            _MAIL,
            lambda dice: dice.pick(_INTERNATIONAL_NAMES) + "@" + dice.pick(_INTERNATIONAL_DOMAINS),
        ),
        Recipe("angled", _MAIL, lambda dice: f"<{dice.pick(_GIVEN)}@{dice.pick(_DOMAINS)}>"),
        Recipe(
            "mailto",
            _MAIL,
            lambda dice: f"mailto:{VALUE_OPEN}{dice.pick(_GIVEN)}@{dice.pick(_DOMAINS)}{VALUE_CLOSE}?subject=hi",
            True,
        ),
        Recipe(
            "odd_local",
            _MAIL,
            lambda dice: (
                f"{dice.pick(('x', '_svc', 'a-b-c', '1001', 'bob%home', 'first.m.last'))}@{dice.pick(_DOMAINS)}"
            ),
        ),
    ),
    "phone_us": (
        Recipe("parens", _PHONE, _us("({a}) {e}-{n}")),
        Recipe("dots", _PHONE, _us("{a}.{e}.{n}")),
        Recipe("extension", _PHONE, _us("+1-{a}-{e}-{n} x{x}")),
        Recipe("spaces", _PHONE, _us("{a} {e} {n}")),
        Recipe("one_parens", _PHONE, _us("1 ({a}) {e}-{n}")),
        Recipe("compact", _PHONE, _us("{a}{e}{n}"), True),
        Recipe("parens_tight", _PHONE, _us("({a}){e}-{n}")),
        Recipe("plus_one", _PHONE, _us("+1{a}{e}{n}")),
        Recipe("tel", _PHONE, _us(f"tel:{VALUE_OPEN}{{a}}-{{e}}-{{n}}{VALUE_CLOSE}"), True),
        Recipe("dashes", _PHONE, _us("{a}-{e}-{n}")),
        Recipe("plus_one_parens", _PHONE, _us("+1 ({a}) {e}-{n}")),
        Recipe("one_dashes", _PHONE, _us("1-{a}-{e}-{n}")),
        Recipe("ext_words", _PHONE, _us("({a}) {e}-{n} ext. {x}")),
        Recipe("slash", _PHONE, _us("{a}/{e}-{n}")),
        Recipe("plus_one_dots", _PHONE, _us("+1.{a}.{e}.{n}")),
        Recipe("parens_dot", _PHONE, _us("({a}) {e}.{n}")),
        Recipe("zero_one", _PHONE, _us("001-{a}-{e}-{n}")),
        Recipe("space_dash", _PHONE, _us("{a} {e}-{n}")),
    ),
    "phone_international": (
        Recipe("uk", _ABROAD, _mobile(("+44 7700 900", "+44 7911 12"), "###")),
        Recipe("de", _ABROAD, _mobile(("+49 151 ", "+49 170 ", "+49-176-"), "########")),
        Recipe("fr", _ABROAD, _mobile(("+33 6 ", "+33 (0)6 "), "## ## ## ##")),
        Recipe("in_", _ABROAD, _mobile(("+91 98", "+91-99", "+9197"), "###-#####")),
        Recipe("br", _ABROAD, _mobile(("+55 11 9", "+55 (21) 9"), "####-####")),
        Recipe("jp", _ABROAD, _mobile(("+81 90-", "+81-80-"), "####-####")),
        Recipe("cn", _ABROAD, _mobile(("+86 138 ", "+86 139 "), "#### ####")),
        Recipe("zero_zero", _ABROAD, _mobile(("0049 171 ", "0043 664 "), "#######")),
        Recipe("au", _ABROAD, _mobile(("+61 4",), "## ### ###")),
        Recipe("es", _ABROAD, _mobile(("+34 6", "+34.6"), "## ### ###")),
        Recipe("compact", _ABROAD, _mobile(("+49151", "+3933", "+4477"), "########")),
        Recipe("ru", _ABROAD, _mobile(("+7 (916) ", "+7 903 "), "###-##-##")),
    ),
    "phone_national": (
        Recipe("uk_mobile", _ABROAD, _mobile(("07700 900", "07911 12"), "###"), True),
        Recipe("fr_pairs", _ABROAD, _mobile(("06 ", "01 ", "07."), "## ## ## ##"), True),
        Recipe("de_mobile", _ABROAD, _mobile(("0151 ", "0171/", "0160-"), "#######"), True),
        Recipe("au_mobile", _ABROAD, _mobile(("04",), "## ### ###"), True),
        Recipe("jp_mobile", _ABROAD, _mobile(("090-", "080-"), "####-####"), True),
        Recipe("cn_mobile", _ABROAD, _mobile(("138", "139", "186"), "########"), True),
    ),
}
