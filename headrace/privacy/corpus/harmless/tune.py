"""Texts that hold nothing personal and look as if: by the kind of thing they are."""

from __future__ import annotations

HARMLESS_TUNE: dict[str, tuple[str, ...]] = {
    "logs": (
        "⟨date⟩T⟨time⟩.123Z INFO pid=⟨n⟩ trace=⟨md⟩ span=⟨hex⟩ elapsed=⟨n⟩.⟨n⟩ms",
        "⟨date⟩ ⟨time⟩,⟨n⟩ [main] DEBUG o.a.k.c.NetworkClient - Node -⟨d⟩ disconnected, offset ⟨number⟩",
        "ts=⟨epoch⟩⟨n⟩ seq=⟨number⟩ partition=⟨d⟩ lag=⟨n⟩",
    ),
    "versions": (
        "Upgrade from v⟨version⟩ to ⟨version⟩.⟨d⟩-rc.⟨d⟩ (build ⟨number⟩)",
        "requires numpy>=⟨version⟩,<⟨version⟩; python_version<'3.⟨d⟩'",
        "Chrome/120.0.6099.⟨n⟩ Safari/537.36",
    ),
    "numbers": (
        "Order ⟨order⟩ of ⟨date⟩: 3 × ⟨price⟩ = ⟨price⟩ EUR, invoice 2024-⟨number⟩",
        "tracking 1Z999AA1⟨digits⟩ and 9400 1000 0000 0000 0000 00",
        "coordinates 52.5200066, 13.4049540 at ⟨time⟩",
        "it costs ⟨price⟩ (was ⟨price⟩), you save ⟨d⟩⟨d⟩ %",
        "order number ⟨digits⟩ was shipped on ⟨date⟩",
    ),
    "snippets": (
        "std::vector<std::pair<int, T>>::iterator it = a::b::c();",
        "x = a[1:2:3]; y = b[::2]; z = {1: 2, 3: 4}",
        "@app.route('/users/<int:id>')\n@pytest.mark.parametrize('n', [1, 2])\ndef f(self): ...",
        "git commit ⟨sha⟩\nMerge: ⟨hex⟩ ⟨hex⟩",
    ),
    "reports": (
        "The meeting on ⟨date⟩ at ⟨time⟩ was about ⟨word⟩ and ⟨word⟩; ⟨n⟩ people came.",
        "Figure ⟨d⟩ shows ⟨price⟩ mg per ⟨n⟩ ml (p < 0.05), see Smith et al. 2019, 12(3): 145-167.",
    ),
}
LOOK_ALIKES_TUNE: dict[str, tuple[str, ...]] = {
    "hashes": (
        "sha256:⟨digest⟩",
        "commit ⟨sha⟩ (HEAD -> main)",
        "md5 ⟨md⟩  file.tar.gz",
        'ETag: "⟨md⟩"',
        '"integrity": "sha512-⟨base⟩⟨base⟩=="',
    ),
    "uuids": ("request_id=⟨uuid⟩", "session ⟨uuid⟩ closed", '{"traceId":"⟨md⟩","id":"⟨uuid⟩"}'),
    "placeholders": (
        "password=<your-password>",
        "API_KEY=${API_KEY}",
        "token: xxxxxxxxxxxxxxxxxxxx",
        'api_key="YOUR_API_KEY_HERE"',
        'secret = os.environ["SECRET"]',
        "password = getpass.getpass()",
    ),
}
