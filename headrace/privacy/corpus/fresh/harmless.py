"""Texts without personal data, in families dealt to the two halves in turn."""

from __future__ import annotations

from headrace.privacy.corpus.fresh.halves import HALVES, dealt
from headrace.privacy.corpus.sample import Split

_HARMLESS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "releases",
        (
            "Firmware ⟨version⟩.⟨n⟩ is out, upgrade from ⟨version⟩.⟨n⟩",
            "openssl-1.1.1k-12.el8_9.x86_64 and glibc 2.28.236.12",
            "Assembly version 4.8.4515.0, file version 10.0.19041.3636",
            "image: registry.example.com/app:⟨version⟩-build.⟨number⟩",
            "Chrome 119.0.6045.105 / Driver 31.0.15.4601",
        ),
    ),
    (
        "packages",
        (
            "node-v18.17.1-linux-x64, npm 9.6.7, build 20230718.⟨n⟩",
            'AssemblyVersion("⟨version⟩.⟨d⟩")',
            "rev ⟨d⟩.⟨d⟩.⟨d⟩.⟨d⟩ of the driver fixes it",
            "Windows 10.0.22621.2428, .NET 6.0.21.23363",
            "v⟨version⟩.⟨n⟩ → v⟨version⟩.⟨n⟩",
        ),
    ),
    (
        "sections",
        (
            "see section 1.2.3.4 of the manual",
            "4.3.2.1 Scope of the agreement",
            "as in § 12.4.1.3, paragraph ⟨d⟩",
            "Table 3.2.1.1: results by year",
            "1.1.1.2 Out of scope",
        ),
    ),
    (
        "clauses",
        (
            "per clause 8.2.1.3 the supplier shall",
            "2.1.4.7. Requirements for storage",
            "Chapter 5.6.7.8 describes the ⟨word⟩",
            "Art. 6.1.2.1 and Annex 3.1.4.1",
            "step 3.2.1.0: press the button",
        ),
    ),
    (
        "orders",
        (
            "Order #⟨digits⟩ shipped, tracking 1Z⟨n⟩AA10123456784",
            "PO ⟨n⟩-⟨n⟩-⟨n⟩, lot L⟨number⟩",
            "part no. 123-456-7890-A is out of stock",
            "SKU 452-980-4476c468, qty ⟨d⟩",
            "ticket 20⟨d⟩1-⟨digits⟩ merged into ⟨order⟩",
            "invoice no. 4⟨digits⟩, due ⟨date⟩",
        ),
    ),
    (
        "parcels",
        (
            "purchase order 450⟨digits⟩ from ⟨date⟩",
            "serial number SN-⟨digits⟩ (model X⟨n⟩)",
            "USPS 9400 1000 0000 0000 0000 00 was delivered",
            "case ⟨digits⟩ is now with ⟨name⟩",
            "confirmation code ⟨digits⟩, gate 12",
            "batch 2024-⟨n⟩-⟨n⟩ / lot ⟨number⟩",
        ),
    ),
    (
        "logs",
        (
            "⟨date⟩T⟨time⟩.⟨n⟩Z thread-⟨number⟩ took ⟨n⟩ms, heap=⟨number⟩",
            "[⟨epoch⟩.⟨n⟩] usb 1-⟨d⟩: new device, idVendor=046d, idProduct=c077",
            "pid ⟨n⟩ tid 14⟨digits⟩ core 3",
            "req-⟨uuid⟩ trace ⟨md⟩ span ⟨hex⟩⟨hex⟩",
            "offset=⟨number⟩ partition=⟨d⟩ ts=⟨epoch⟩123",
            "GET /v1/items/⟨digits⟩ 200 ⟨n⟩ 0.⟨n⟩",
        ),
    ),
    (
        "traces",
        (
            "at 0x7ffd⟨hex⟩ in frame #⟨d⟩, rip=00007f⟨hex⟩⟨d⟩1",
            "[pool-⟨d⟩-thread-⟨n⟩] INFO c.e.App - id=⟨digits⟩ done in ⟨n⟩.⟨n⟩s",
            "correlation-id: ⟨uuid⟩; job ⟨digits⟩ finished at ⟨epoch⟩",
            "kernel: [ ⟨n⟩.⟨n⟩] ACPI: bus type",
            "session_id=⟨md⟩ duration=⟨number⟩ns",
            "E0712 ⟨time⟩.123456   ⟨n⟩ reflector.go:138] watch closed",
        ),
    ),
    (
        "hashes",
        (
            "commit ⟨sha⟩\nAuthor: ⟨name⟩",
            "SHA256 Fingerprint="
            "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99",
            "md5sum ⟨md⟩ app.zip",
            "merged ⟨hex⟩ into main as ⟨sha⟩",
            "tree ⟨sha⟩ parent ⟨sha⟩",
        ),
    ),
    (
        "fingerprints",
        (
            "SHA1 Fingerprint: 5D:E1:5B:28:3A:12:8F:9A:CD:10:33:71:0E:B5:68:46:A3:12:7F:0C",
            "rsa key fingerprint is 16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
            "cherry-pick ⟨sha⟩ onto release",
            "bisect: ⟨sha⟩ is the first bad commit",
            "blob ⟨digest⟩ size ⟨number⟩",
        ),
    ),
    (
        "code",
        (
            "std::map<int, std::string>::const_iterator it; a::b::c(1::2)",
            "jq '.items[] | select(.id == ⟨number⟩) | .name'",
            "sed -e 's/@@VERSION@@/⟨version⟩/g' in.txt",
            'class="jsx-1846928863 btn"',
            "@decorator\ndef f(a: int = 10_000_000) -> None: ...",
            "x = arr[1:10:2]; y = 0xdeadbeef; z = 3.14159265358979",
        ),
    ),
    (
        "styles",
        (
            "fe::de::add(1, 2); use crate::a::b::{c, d};",
            '<div class="css-1592847365" data-id="⟨n⟩">',
            "awk -F: '{print $1\":\"$3}' /etc/passwd",
            "color: #a1b2c3; width: 1234567890px; margin: 1 2 3 4;",
            "user@host:~$ ls -la; git@github.com:org/repo.git",
            "const MAX = 4294967295; const T = 1700000000000;",
        ),
    ),
    (
        "times",
        (
            "from 10:15:30 to 12:45:59 on ⟨date⟩",
            "the call lasted 01:02:03.456, from 2024-03-01T10:00:00+02:00",
            "open Mon-Fri 09:00-17:30, Sat 10-14",
            "released 12/31/2023 and 01.02.2024",
            "aspect 16:9, ratio 3:2:1, score 102-98",
        ),
    ),
    (
        "dates",
        (
            "built 20240131-235959, valid till 2026/12/31",
            "lap 00:01:23:456; split 12:34:56:78",
            "between 1999-2004 and 2010-2015, pages 145-167",
            "at 2023-11-05 01:30:00.000000 -0500",
            "3-2-1 win, 21-19 21-15 sets, 2:45:11 finish",
        ),
    ),
    (
        "measures",
        (
            "at 52.520008, 13.404954 and -33.868820,151.209290",
            "ISBN 978-3-16-148410-0, EAN 4006381333931",
            "total 1,234,567,890.12 USD; tax 12.5 %",
            "size 1073741824 bytes, free 536870912",
            "CAS 7732-18-5, EC 231-791-2, 2-methylpropan-1-ol",
            "410 U.S. 113, 93 S. Ct. 705, 35 L. Ed. 2d 147 (1973)",
        ),
    ),
    (
        "quantities",
        (
            "lat=40.712776&lon=-74.005974&zoom=12",
            "ISBN-10 0-306-40615-2; ISSN 2049-3630; doi:10.1000/182",
            "price 12.345.678,90 EUR, was 13 000 000",
            "1234567890 rows, 9876543210 bytes in 3.2 s",
            "CVE-2023-12345678 and RFC 2822, port 8080 to 65535",
            "UPC 012345678905, ASIN B08N5WRWNW",
        ),
    ),
    (
        "chat",
        (
            "My code is 482913, is it enough for the ⟨word⟩?",
            "I paid ⟨price⟩ on ⟨date⟩ for ⟨n⟩ items, call me maybe",
            "the meeting id is 812 3456 7890, passcode shown in the app",
            "flight LH 2034 lands at 18:45, seat 12A",
            "there are 365 24 7000 reasons to phone home",
        ),
    ),
    (
        "talk",
        (
            "I phoned three times about order ⟨digits⟩, no answer",
            "can you card me in? table for 12 at 8:30",
            "@team please look at PR 12345, thanks @⟨name⟩",
            "passport control took 45 minutes, licence plates were checked",
            "room 1204, floor 12, building 7, extension to the deadline",
        ),
    ),
)
_LOOK_ALIKES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "hashes",
        (
            "key_hash=⟨digest⟩",
            "token_id: ⟨uuid⟩",
            "checksum: sha256:⟨digest⟩",
            "git checkout ⟨sha⟩",
            'etag=W/"⟨md⟩"',
        ),
    ),
    (
        "digests",
        (
            "image@sha256:⟨digest⟩",
            '"sha512": "⟨digest⟩⟨digest⟩"',
            "cache key ⟨md⟩ was evicted",
            "trace_id=⟨md⟩ span_id=⟨hex⟩⟨hex⟩",
            "object ⟨sha⟩ not found",
        ),
    ),
    (
        "placeholders",
        (
            "password=changeme",
            "api_key: ${{ secrets.API_KEY }}",
            "token=<token>",
            "secret = get_secret('db/password')",
            "API_KEY=your-api-key-here",
            "PASSWORD=********",
        ),
    ),
    (
        "references",
        (
            "password: {{ vault_db_password }}",
            "export TOKEN=$(cat token.txt)",
            "apiKey: process.env.API_KEY",
            "client_secret=REPLACE_ME",
            "secretName: my-app-tls-secret",
            "token: string | null = null",
        ),
    ),
    (
        "identifiers",
        (
            "session ⟨uuid⟩ expired",
            '"integrity": "sha512-⟨base⟩⟨base⟩=="',
            "public_key=⟨base⟩",
            "data:image/png;base64,iVBORw0KGgo⟨base⟩⟨base⟩",
            "ssh-rsa AAAAB3NzaC1yc2E⟨base⟩⟨base⟩ ⟨name⟩",
            "primary_key=⟨number⟩",
        ),
    ),
    (
        "publics",
        (
            "request id ⟨uuid⟩ failed",
            "h1:⟨base⟩= // go.sum",
            "pk: ⟨uuid⟩, sort_key: ⟨number⟩",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5⟨base⟩",
            "max_tokens=4096, token_count=⟨number⟩",
            "next_page_token=null keyboard=qwerty monkey=⟨n⟩",
        ),
    ),
)


def _by_half(written: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[Split, dict[str, tuple[str, ...]]]:
    families = list(dealt(written))
    return {half: {f"fresh_{name}": texts for split, (name, texts) in families if split == half} for half in HALVES}


FRESH_HARMLESS = _by_half(_HARMLESS)
FRESH_LOOK_ALIKES = _by_half(_LOOK_ALIKES)
