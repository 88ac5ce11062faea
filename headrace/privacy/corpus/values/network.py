"""Addresses of machines."""

from __future__ import annotations

import ipaddress

from headrace.privacy.corpus.dice import LOWER_HEX, Dice
from headrace.privacy.corpus.values.maker import Maker

IP_WORDS = ("IP", "client ip", "from", "host", "server")
FAR_IP_WORDS = ("remote_addr", "X-Forwarded-For", "Adresse IP", "peer", "src", "login from", "gateway", "IP-Adresse")
MAC_WORDS = ("MAC", "hwaddr", "mac address")
FAR_MAC_WORDS = ("ether", "Geräte-MAC", "bssid", "physical address", "station")


def _v4(dice: Dice) -> str:
    private = f"192.168.{dice.whole(0, 255)}.{dice.whole(1, 254)}", f"10.{dice.whole(0, 99)}.{dice.whole(0, 255)}.7"
    return dice.pick((*private, ".".join(str(dice.whole(11, 223)) for _ in range(4))))


def _far_v4(dice: Dice) -> str:
    return dice.pick(
        (f"172.{dice.whole(16, 31)}.0.{dice.whole(1, 9)}", f"8.{dice.whole(1, 9)}.{dice.whole(1, 9)}.8", _v4(dice))
    )


def _groups(dice: Dice, count: int) -> list[str]:
    return [dice.some(LOWER_HEX, 4) for _ in range(count)]


def _v6(dice: Dice) -> str:
    return dice.pick(("2001:db8:", "2a02:8109:", "fd12:3456:")) + ":".join(_groups(dice, 6))


def _short_v6(dice: Dice) -> str:
    return dice.pick(("fe80::1{}:{}", "2001:db8::{}:{}")).format(dice.some(LOWER_HEX, 3), _groups(dice, 1)[0])


def _far_v6(dice: Dice) -> str:
    prefix = dice.pick(("2606:4700", "2a00:1450", "240e:3b7", "2620:fe"))
    host = ipaddress.IPv6Address(int.from_bytes(dice.bytes(8), "big"))
    full = f"{prefix}:0:0:{':'.join(_groups(dice, 4))}"
    return dice.pick((full.upper(), f"{prefix}:{dice.digits(2)}{host}", f"{prefix}::{dice.some(LOWER_HEX[1:], 2)}"))


def _mapped_v6(dice: Dice) -> str:
    return dice.pick((f"::ffff:{_v4(dice)}", f"64:ff9b::{_v4(dice)}"))


def _mac(dice: Dice, separator: str) -> str:
    return separator.join(dice.some(LOWER_HEX, 2) for _ in range(5)) + separator + dice.digits(2)


def _far_mac(dice: Dice) -> str:
    cisco = ".".join(_groups(dice, 2)) + "." + dice.digits(4)
    return dice.pick((_mac(dice, "-").upper(), cisco, _mac(dice, ":").upper()))


NETWORK: tuple[Maker, ...] = (
    Maker("ipv4", "v4", "tune", IP_WORDS, _v4),
    Maker("ipv4", "far_v4", "held_out", FAR_IP_WORDS, _far_v4),
    Maker("ipv6", "v6", "tune", IP_WORDS, _v6),
    Maker("ipv6", "short_v6", "tune", IP_WORDS, _short_v6),
    Maker("ipv6", "far_v6", "held_out", FAR_IP_WORDS, _far_v6),
    Maker("ipv6", "mapped_v6", "held_out", FAR_IP_WORDS, _mapped_v6),
    Maker("mac", "colons", "tune", MAC_WORDS, lambda dice: _mac(dice, ":")),
    Maker("mac", "far_mac", "held_out", FAR_MAC_WORDS, _far_mac),
)
