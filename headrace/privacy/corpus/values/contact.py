"""E-mail addresses and telephone numbers."""

from __future__ import annotations

from headrace.privacy.corpus.dice import LOWER_ALNUM, Dice
from headrace.privacy.corpus.sample import Split
from headrace.privacy.corpus.values.maker import Maker, shapes

FIRST = ("maria", "john", "aisha", "wei", "lukas", "sofia", "raj", "emma", "pierre", "olga", "kenji", "fatima", "sean")
LAST = ("schmidt", "oconnor", "nguyen", "kumar", "rossi", "ivanova", "dubois", "tanaka", "smith", "garcia", "kowalski")
PROVIDERS = ("gmail.com", "outlook.com", "yahoo.co.uk", "gmx.de", "proton.me", "icloud.com", "web.de", "qq.com")
COMPANIES = ("acme-corp.com", "initech.io", "mail.contoso.net", "eu.globex.org", "umbrella.co.jp", "stark.com.au")
FAR_DOMAINS = ("studio.photography", "x.ai", "a1.museum", "cs.ox.ac.uk", "my-shop.online", "team.consulting", "mbox.re")
IDN_DOMAINS = (
    "müller-bau.de",
    "café-paris.fr",
    "почта.рф",
    "例え.jp",
    "bücher.example",
    "españa.es",
    "xn--mller-kva.de",
)
AREAS = (212, 213, 305, 312, 404, 415, 503, 512, 602, 617, 630, 646, 702, 713, 720, 808, 818, 902, 917, 949, 972)
TAGS = ("news", "orders", "spam", "2024", "bank", "list-1", "github")

MAIL_WORDS = {
    "tune": ("email", "E-mail", "Email address", "mail", "contact", "Cc"),
    "held_out": ("e-mail address", "reply-to", "correo", "Mailadresse", "courriel", "login", "user", "メール", "почта"),
}
PHONE_WORDS = {
    "tune": ("phone", "Tel", "Phone number", "mobile", "call me at", "cell"),
    "held_out": ("Telefon", "Tél.", "fax", "teléfono", "WhatsApp", "Mobil", "contact no.", "电话", "тел.", "callback"),
}
INTERNATIONAL = (
    "+44 20 7946 0###",
    "+44 7700 900###",
    "+49 30 ^#######",
    "+49 171 ^######",
    "+33 1 42 ## ## ##",
    "+33 6 12 ## ## ##",
    "+34 612 ### ###",
    "+39 06 6982 ####",
    "+91 98### #####",
    "+55 11 9####-####",
    "+81 90-####-####",
    "+61 4## ### ###",
    "+86 138 #### ####",
    "+52 55 #### ####",
)
FAR_INTERNATIONAL = (
    "+31 6 2#######",
    "+31-20-62#-####",
    "+46 70-### ## ##",
    "+48 601 ### ###",
    "+41 44 668 ## ##",
    "+41 (0)79 ### ## ##",
    "+44 (0)161 496 0###",
    "+82-10-####-####",
    "+65 9### ####",
    "+27 82 ### ####",
    "+971 50 ### ####",
    "+90 532 ### ## ##",
    "+7 (916) ###-##-##",
    "+972-54-###-####",
    "+353 87 ### ####",
    "+234 803 ### ####",
    "+62 812-####-####",
    "+380 67 ### ## ##",
    "+36 30 ### ####",
    "+420 603 ### ###",
    "+351 912 ### ###",
    "+30 697 ### ####",
    "+45 20 ## ## ##",
    "+47 406 ## ###",
    "+358 40 ### ####",
    "+32 470 ## ## ##",
    "+43 664 #######",
    "+852 9### ####",
    "+66 81 ### ####",
    "+84 91 ### ## ##",
    "+63 917 ### ####",
    "+92 300 #######",
    "+20 100 ### ####",
    "+254 712 ######",
    "+54 9 11 ####-####",
    "+56 9 #### ####",
    "+57 300 ### ####",
)
NATIONAL = ("020 7946 0###", "07700 900###", "030 / ^#######", "01 42 ## ## ##", "0171-^######", "06.12.##.##.##")
FAR_NATIONAL = ("(01632) 960###", "0176/########", "089-^######-0", "612 ### ###", "0412 ### ###", "03-####-####")


def _name(dice: Dice) -> tuple[str, str]:
    return dice.pick(FIRST), dice.pick(LAST)


def _plain_mail(dice: Dice) -> str:
    first, last = _name(dice)
    local = dice.pick((f"{first}.{last}", f"{first}{dice.whole(1, 99)}", f"{first[0]}{last}", f"{first}_{last}"))
    return f"{local}@{dice.pick(PROVIDERS + COMPANIES)}"


def _tagged_mail(dice: Dice) -> str:
    first, last = _name(dice)
    return f"{first}.{last}+{dice.pick(TAGS)}@{dice.pick(PROVIDERS)}"


def _worldly_mail(dice: Dice) -> str:
    first, last = _name(dice)
    domain = dice.pick(("bücher.de", "sub.dept.univ.ac.at", "x.co", "company.travel", "büro.ch", "例子.中国"))
    return dice.pick((f"{first}'{last}@{domain}", f"{dice.digits(7)}@{domain}", f"{first.upper()}@{domain}"))


def _shouted_mail(dice: Dice) -> str:
    first, last = _name(dice)
    return dice.pick((f"{first.title()}.{last.title()}@Gmail.com", f"{first}.{last}@acme.com".upper()))


def _idn_mail(dice: Dice) -> str:
    local = dice.pick((*FIRST, "jörg", "rené.dupont", "иван", "françois", "o.łukasz"))
    return f"{local}@{dice.pick(IDN_DOMAINS)}"


def _odd_mail(dice: Dice) -> str:
    first, last = _name(dice)
    local = dice.pick((f"{first[0]}.o'{last}", f"_{first}", f"{dice.digits(9)}", f"{first}-{last}.ext", f"{first[0]}"))
    return f"{local}@{dice.pick(FAR_DOMAINS)}"


def _machine_mail(dice: Dice) -> str:
    local = f"{dice.pick(FIRST)}={dice.some(LOWER_ALNUM, 6)}"
    return f"bounce+{dice.some(LOWER_ALNUM, 8)}-{local}@em{dice.digits(4)}.{dice.pick(COMPANIES)}"


def _us(dice: Dice, form: str) -> str:
    return dice.shaped(form.replace("AAA", str(dice.pick(AREAS))).replace("EEE", f"{dice.whole(220, 989)}"))


def _us_maker(name: str, split: Split, *forms: str) -> Maker:
    return Maker("phone_us", name, split, PHONE_WORDS[split], lambda dice: _us(dice, dice.pick(forms)))


def _unspaced(dice: Dice) -> str:
    kept = dice.shaped(dice.pick(INTERNATIONAL))
    return "+" + "".join(c for c in kept if c.isdigit())


def _zeros(dice: Dice) -> str:
    number = dice.shaped(dice.pick(INTERNATIONAL))
    return dice.pick((number.replace("+", "00"), number.replace(" ", "-"), number.replace(" ", " (0)", 1)))


def _repunctuated(dice: Dice) -> str:
    number = dice.shaped(dice.pick(FAR_INTERNATIONAL))
    return dice.pick((number.replace(" ", "."), number.replace(" ", "-"), number.replace("+", "00", 1)))


def _extended(dice: Dice) -> str:
    return dice.shaped(dice.pick(FAR_INTERNATIONAL)) + dice.pick((" ext. ", " x", "x", " ext ")) + dice.digits(3)


CONTACT: tuple[Maker, ...] = (
    Maker("email", "plain", "tune", MAIL_WORDS["tune"], _plain_mail),
    Maker("email", "tagged", "tune", MAIL_WORDS["tune"], _tagged_mail),
    Maker("email", "worldly", "tune", MAIL_WORDS["tune"], _worldly_mail),
    Maker("email", "shouted", "held_out", MAIL_WORDS["held_out"], _shouted_mail),
    Maker("email", "international", "held_out", MAIL_WORDS["held_out"], _idn_mail),
    Maker("email", "odd", "held_out", MAIL_WORDS["held_out"], _odd_mail),
    Maker("email", "machine", "held_out", MAIL_WORDS["held_out"], _machine_mail),
    Maker("phone_international", "spaced", "tune", PHONE_WORDS["tune"], shapes(*INTERNATIONAL)),
    Maker("phone_international", "unspaced", "tune", PHONE_WORDS["tune"], _unspaced),
    Maker("phone_international", "zeros", "tune", PHONE_WORDS["tune"], _zeros),
    Maker("phone_international", "far", "held_out", PHONE_WORDS["held_out"], shapes(*FAR_INTERNATIONAL)),
    Maker("phone_international", "repunctuated", "held_out", PHONE_WORDS["held_out"], _repunctuated),
    Maker("phone_international", "extended", "held_out", PHONE_WORDS["held_out"], _extended),
    Maker("phone_national", "national", "tune", PHONE_WORDS["tune"], shapes(*NATIONAL), True),
    Maker("phone_national", "far_national", "held_out", PHONE_WORDS["held_out"], shapes(*FAR_NATIONAL), True),
    _us_maker("us_plain", "tune", "(AAA) EEE-####", "AAA-EEE-####", "AAA.EEE.####"),
    _us_maker("us_country", "tune", "+1 AAA EEE ####", "1-AAA-EEE-####", "+1 (AAA) EEE-####"),
    _us_maker("us_unparted", "tune", "AAAEEE####", "AAA EEE ####", "(AAA)EEE-####"),
    _us_maker("us_lines", "tune", "AAA.EEE.####x####", "AAA-EEE-#### ext ###", "001-AAA-EEE-####"),
    _us_maker("us_compact", "held_out", "AAAEEE####", "+1AAAEEE####", "(AAA)EEE-####", "(AAA)EEE####"),
    _us_maker("us_spaced", "held_out", "AAA EEE ####", "AAA/EEE-####", "1 (AAA) EEE-####", "+1.AAA.EEE.####"),
    _us_maker("us_extended", "held_out", "AAA-EEE-####x###", "(AAA) EEE-#### ext. ##", "001-AAA-EEE-####x####"),
)
