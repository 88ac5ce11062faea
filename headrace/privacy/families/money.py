"""Cards, bank accounts, crypto addresses, routing numbers, and the US numbers of people."""

from __future__ import annotations

import re

from headrace.privacy.rule import Bounds, Rule, Seed, checked, code, digits, whole
from headrace.privacy.validators.banking import IBAN_LENGTHS, iban, routing_number
from headrace.privacy.validators.coins import base58check, bech32, ethereum
from headrace.privacy.validators.digits import luhn

_SEPARATORS = str.maketrans("", "", " -./")
_CARD_LENGTHS = (
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"3(?:0[0-5]|[689])"), (14, 16, 19)),
    (re.compile(r"4"), (16, 19, 13)),
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720|20[0-5])"), (16,)),
    (re.compile(r"6(?:011|4[4-9]|5|0|22)|35(?:2[89]|[3-8])|62|81"), (16, 19, 18, 17)),
    (re.compile(r"9792|508"), (16,)),
    (re.compile(r"5[0678]|6"), (16, 18, 19, 17, 15, 14, 13, 12)),
)
"""Issuer prefixes (ISO/IEC 7812) and the lengths their cards have, the commonest first."""


def credit_card(match: re.Match[str]) -> Bounds | None:
    """A card number of a length its issuer uses, with Luhn's check digit; what follows it is left alone."""
    text, start = match.string, match.start()
    number = match[0].translate(_SEPARATORS)
    for length in _card_lengths(number):
        if length <= len(number) and luhn(number[:length]) and len(set(number[:length])) > 1:
            end = start + _place_of(match[0], length)
            if not text[end : end + 1].isdigit():
                return start, end
    return None


def likely_card(match: re.Match[str]) -> Bounds | None:
    """As `credit_card`; solid, of a length that numbers of orders and builds have oftener, it needs a word."""
    bounds = credit_card(match)
    if bounds is None or bounds[1] - bounds[0] in (15, 16):
        return bounds
    return bounds if not match.string[slice(*bounds)].isdigit() else None


def underscored(match: re.Match[str]) -> Bounds | None:
    """Four fours parted by underscores, from four digits before the match on."""
    start, end = match.start() - 4, match.end()
    number = match.string[max(0, start) : end].replace("_", "")
    before = match.string[max(0, start - 1) : max(0, start)]
    if start < 0 or len(number) != 16 or not number.isdigit() or before.isalnum() or before == "_":
        return None
    return (start, end) if 16 in _card_lengths(number) and luhn(number) else None


def _card_lengths(number: str) -> tuple[int, ...]:
    return next((lengths for issuer, lengths in _CARD_LENGTHS if issuer.match(number)), ())


def _place_of(written: str, number: int) -> int:
    """Where the given letter or digit of a value with separators ends."""
    places = [place for place, character in enumerate(written, start=1) if character.isalnum()]
    return places[number - 1]


def account(match: re.Match[str]) -> Bounds | None:
    """An IBAN of its country's length; what follows it is left alone."""
    start, end = whole(match)
    written = match.string[start:end]
    length = IBAN_LENGTHS.get(written[:2].upper(), 0)
    value = written.translate(_SEPARATORS)[:length]
    if not length or not iban(value):
        return None
    end = start + _place_of(written, length)
    following = match.string[end : end + 1]
    return None if following.isascii() and following.isalnum() else (start, end)


def person(match: re.Match[str]) -> Bounds | None:
    """Nine digits of the Social Security Administration or the tax office, not a specimen of all the same digits."""
    return match.span() if len(set(match[0].translate(_SEPARATORS))) > 1 else None


CREDIT_CARD = Rule(
    name="credit_card",
    kind="credit_card",
    trigger=digits(*range(12, 20)),
    pattern=re.compile(
        r"(?<![0-9+])(?<![0-9]\.)[2-689][0-9]{3}(?:[0-9]{8,15}(?![0-9])"
        r"|(?:[ ./-]{1,3}[0-9]{4}){2,3}(?:[ ./-]{1,3}[0-9]{1,4}(?![0-9]))?"
        r"|[ ./-]{1,2}[0-9]{6}[ ./-]{1,2}[0-9]{4,5}(?![0-9])|[0-9]{4}[ ./-]{1,2}[0-9]{8}(?![0-9]))"
    ),
    confirm=likely_card,
    never=("offset", "timestamp", "epoch", "tracking", "bytes", "order id", "order no", "snowflake"),
    matches=(
        *("4111 1111 1111 1111", "5555555555554444", "3782-822463-10005", "6011 0009 9013 9424", "2223003122003222"),
        *("4111.1111.1111.1111", "3056 930902 5904"),
    ),
    differs=(
        "4111 1111 1111 1112",
        "1700000000000",
        "9999999999999995",
        "4111111111111111111111",
        "0.4111111111111111",
        "30569309025904",
    ),
)
CARD_BY_WORD = Rule(
    name="credit_card_by_word",
    kind="credit_card",
    trigger=CREDIT_CARD.trigger,
    pattern=re.compile(r"(?<![0-9+])(?<![0-9]\.)[2-689][0-9]{3}(?:[ ./-]{0,3}[0-9]){8,15}+(?![0-9])"),
    confirm=credit_card,
    context=(
        *("card", "credit", "debit", "visa", "mastercard", "amex", "diners", "maestro", "discover", "cc", "pan"),
        *("kreditkarte", "karte", "carte", "tarjeta", "carta", "cartão", "kaart", "payment", "卡", "カード", "карт"),
    ),
    matches=("card ⟦30569309025904⟧", "visa: ⟦4111 1111 11111111⟧"),
    differs=("build 30569309025904",),
)
CARD_UNDERSCORED = Rule(
    name="credit_card_underscored",
    kind="credit_card",
    trigger=Seed("_(?=[0-9]{4}_[0-9]{4}_[0-9]{4})"),
    pattern=re.compile(r"_[0-9]{4}_[0-9]{4}_[0-9]{4}(?![A-Za-z0-9_])"),
    confirm=underscored,
    matches=("4111_1111_1111_1111",),
    differs=("4111_1111_1111_1112", "4111_1111_1111_1111_1"),
)
IBAN = Rule(
    name="iban",
    kind="iban",
    trigger=code(*range(4, 39)),
    pattern=re.compile(
        r"(?<![A-Za-z0-9])(?:IBAN)?(?P<value>[A-Za-z]{2}[0-9]{2}(?:[ .-]?[A-Za-z0-9]){11,30}+)", re.IGNORECASE
    ),
    confirm=account,
    matches=(
        "DE89 3704 0044 0532 0130 00",
        "GB82WEST12345698765432",
        "NL91-ABNA-0417-1643-00",
        "IBAN⟦DE89370400440532013000⟧",
    ),
    differs=("DE89 3704 0044 0532 0130 01", "GB82 TEST", "XX82WEST12345698765432"),
)
BITCOIN = Rule(
    name="base58check_address",
    kind="crypto_address",
    trigger=code(*range(25, 37), 111),
    pattern=re.compile(
        r"(?<![A-Za-z0-9])(?:[123mnLM9ADXTtK][1-9A-HJ-NP-Za-km-z]{24,35}|[xyztuvZYUV](?:pub|prv)[1-9A-HJ-NP-Za-km-z]{107})"
        r"(?![A-Za-z0-9])"
    ),
    confirm=checked(base58check),
    matches=("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
    differs=("1BoatSLRHtKNngkdXEeobR76b53LETtpyU",),
)
BECH32 = Rule(
    name="bech32_address",
    kind="crypto_address",
    trigger=code(*range(39, 109)),
    pattern=re.compile(
        r"(?<![A-Za-z0-9])[A-Za-z]{2,12}1[02-9ac-hj-np-z]{8,104}(?![A-Za-z0-9])",
        re.IGNORECASE,
    ),
    confirm=checked(bech32),
    matches=("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",),
    differs=("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp",),
)
_RIPPLE = str.maketrans(
    "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz",
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
)
"""The XRP Ledger's order of the base58 digits, to Bitcoin's."""
RIPPLE = Rule(
    name="ripple_address",
    kind="crypto_address",
    trigger=code(*range(25, 36)),
    pattern=re.compile(r"(?<![A-Za-z0-9])r[1-9A-HJ-NP-Za-km-z]{24,34}(?![A-Za-z0-9])"),
    confirm=checked(lambda value: base58check(value.translate(_RIPPLE))),
    matches=("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",),
    differs=("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi",),
)
SOLANA = Rule(
    name="solana_address",
    kind="crypto_address",
    trigger=code(*range(32, 45)),
    pattern=re.compile(
        r"(?<![A-Za-z0-9])(?=[1-9A-HJ-NP-Za-km-z]{0,43}[A-Z])[1-9A-HJ-NP-Za-km-z]{32,44}(?![A-Za-z0-9])"
    ),
    context=("solana", "phantom", "wallet", "sol", "deposit", "payout", "crypto", "donate"),
    matches=("Solana wallet ⟦7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU⟧",),
    differs=("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",),
)
ETHEREUM = Rule(
    name="ethereum_address",
    kind="crypto_address",
    trigger=code(42),
    pattern=re.compile(r"0x[0-9A-Fa-f]{40}(?![A-Za-z0-9])"),
    confirm=checked(ethereum),
    never=("commit", "sha1", "sha-1"),
    matches=("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xde709f2102306220921060314715629080e2fb77"),
    differs=("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",),
)
LONG_ADDRESS = Rule(
    name="long_address",
    kind="crypto_address",
    trigger=code(42, 56, 95),
    pattern=re.compile(
        r"(?<![A-Za-z0-9])(?:4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}|8[1-9A-HJ-NP-Za-km-z]{94}|G[A-D][A-Z2-7]{54}"
        r"|(?<=bitcoincash:)[qp][02-9ac-hj-np-z]{41})(?![A-Za-z0-9])"
    ),
    matches=(
        *("48" + "Bc3dEf5g9" * 10 + "HjK", "GA" + "ABCD2345" * 6 + "EFGH67"),
        "bitcoincash:⟦qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a⟧",
    ),
    differs=("G" + "ABCD2345" * 4,),
)
"""Monero, Stellar, Bitcoin Cash: their length and alphabet say enough."""
_SSN = r"(?!000|666|9)[0-9]{3}SEP(?!00)[0-9]{2}SEP(?!0000)[0-9]{4}(?![0-9])(?![.-][0-9])"
_ITIN = r"9[0-9]{2}SEP(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])SEP[0-9]{4}(?![0-9])(?![.-][0-9])"
_SSN_WORDS = (
    "ssn",
    "social sec",
    "social",
    "soc sec",
    "soc. sec",
    "ss#",
    "ss #",
    "ssn/tin",
    "sozialvers",
    "seguro social",
)
_ITIN_WORDS = ("itin", "tin", "taxpayer", "tax id", "tax number", "individual tax", "irs")


def _separated(form: str) -> re.Pattern[str]:
    """With hyphens, blanks or dots: both alike, or a hyphen with blanks around it."""
    forms = (form.replace("SEP", mark) for mark in (r" ?- ?", r" ", r"\."))
    return re.compile(rf"(?<![0-9])(?<![0-9][.-])(?:{'|'.join(forms)})")


def _solid(form: str) -> re.Pattern[str]:
    return re.compile(r"(?<![0-9A-Za-z])(?<![0-9][.-])" + form.replace("SEP", "[ .-]?"))


SSN = Rule(
    name="ssn",
    kind="ssn",
    trigger=digits(9),
    pattern=_separated(_SSN),
    confirm=person,
    matches=("123-45-6789", "123 45 6789", "123.45.6789"),
    differs=("000-12-3456", "666-12-3456", "123-00-4567", "123-45-0000", "123-45 6789", "1123-45-6789", "123456789"),
)
SSN_BY_WORD = Rule(
    name="ssn_by_word",
    kind="ssn",
    trigger=digits(9),
    pattern=_solid(_SSN),
    confirm=person,
    context=_SSN_WORDS,
    matches=("SSN ⟦123456789⟧", "social security number is ⟦123-456789⟧"),
    differs=("order 123456789", "ssn 000123456"),
)
ITIN = Rule(
    name="itin",
    kind="itin",
    trigger=digits(9),
    pattern=_separated(_ITIN),
    confirm=person,
    matches=("912-70-1234", "900 50 1234"),
    differs=("912-93-1234", "912-10-1234", "912701234"),
)
ITIN_BY_WORD = Rule(
    name="itin_by_word",
    kind="itin",
    trigger=digits(9),
    pattern=_solid(_ITIN),
    confirm=person,
    context=_ITIN_WORDS,
    matches=("ITIN ⟦912701234⟧",),
    differs=("order 912701234",),
)
ROUTING = Rule(
    name="bank_routing",
    kind="bank_routing",
    trigger=digits(9),
    pattern=re.compile(r"(?<![0-9A-Za-z])(?<![0-9][.-])[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9](?![0-9A-Za-z])"),
    confirm=checked(routing_number),
    context=("routing", "aba", "rtn", "transit", "wire", "ach", "bank code", "direct deposit", "micr"),
    matches=("routing number ⟦111000025⟧", "ABA: ⟦021000021⟧"),
    differs=("111000025", "routing number 111000026"),
)

RULES = (
    IBAN,
    CREDIT_CARD,
    CARD_BY_WORD,
    CARD_UNDERSCORED,
    BITCOIN,
    RIPPLE,
    BECH32,
    ETHEREUM,
    LONG_ADDRESS,
    SOLANA,
    ROUTING,
    SSN,
    SSN_BY_WORD,
    ITIN,
    ITIN_BY_WORD,
)
