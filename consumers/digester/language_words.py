"""What `consumers.digester.languages` knows of each language that shares its script with others."""

from __future__ import annotations

WORDS = {
    "en": """the and is are was my i you how what where when why can do does did please would could have has it this
        that to for with not of on want need as a be or by an at if any all no me we so which who there your
        from""",
    "de": """der die das und ist sind war mein meine meinen ich sie wie was wo wann warum kann bitte nicht ein eine
        einen mit für auf zu den dem es habe hat mir mich wir von noch kein keine möchte""",
    "fr": """le la les et est sont mon ma mes je vous comment où quand pourquoi peux pas un une des du de pour avec
        dans que qui ne il cette ce sur puis ai veux votre""",
    "es": """el la los las y es son mi mis yo usted cómo como qué que dónde donde cuándo cuando por puedo no un una
        del de para con en se tengo quiero está este esta lo su favor hay""",
    "pt": """o a os as e é são meu minha eu você como que onde quando por posso não um uma do da dos de para com em
        no na se tenho quero está este meus isso foi favor obrigado""",
    "it": """il lo la gli le e è sono mio mia io come che cosa dove quando perché posso non un una del della di per
        con in si ho voglio questo questa i al nel vorrei""",
    "nl": """de het een en is zijn mijn ik u je hoe wat waar wanneer waarom kan niet van voor met op te dat die heb
        heeft er naar wil om geen deze aan""",
    "sv": """och är det en ett jag du hur vad var när varför kan inte min mitt mina för med på av att som har till
        om den vill kunde ni från""",
    "da": """og er det en et jeg du hvordan hvad hvor hvornår hvorfor kan ikke min mit mine for med på af at som har
        til om den vil der fra""",
    "fi": """ja on ei en se että miten mikä missä milloin miksi voinko minun mutta kun niin tämä olen oli ovat
        kuinka mitä voi minä sen jos tai ole voit vain sinun onko mistä tämän kanssa joka""",
    "pl": """i w na z do się nie jest to że jak co gdzie kiedy czy mój moje moja dla mam mogę proszę jestem po od ja
        za przez są chcę""",
    "cs": """a je v na se že jak co kde kdy proč můj moje pro s jsem nebo to ne ale mám chci prosím po od za do jsou
        bych mohu""",
    "hu": """a az és van nem egy hogy hogyan mi hol mikor miért én kérem is ez azt meg vagy ha már csak lehet""",
    "ro": """și si este sunt nu un o cum ce unde când de pentru cu la meu mea din că se vreau pot în am mai""",
    "tr": """ve bir bu nasıl ne nerede neden için ile var yok mi mı değil ben benim çok lütfen da de daha olan gibi
        mu ama""",
    "id": """yang dan di ke dari saya anda tidak ini itu untuk dengan apa kapan adalah bisa ada akan mengapa tolong
        ingin""",
    "vi": """là và của tôi bạn không có cho này được thế nào đâu khi làm với các một những sao để""",
    "ru": """и в не на я что как где когда мой моя мне по это с у есть почему можно для вы ли из но он за от меня
        хочу""",
    "uk": """і в не на я що як де коли мій моя мені по це з у є чому можна для будь ви чи із але він за від мене
        та""",
    "bg": """и в не на аз че как къде кога моят ми по това с у е защо мога за моля вие ли от но той да се са
        какво""",
    "ar": """في من على هل ما كيف أين متى لماذا أن هذا هذه إلى عن لا أنا مع التي الذي كان أريد""",
    "fa": """در از به که را این است با من چه چرا کجا چگونه برای آیا می یک آن شما هم خود""",
    "ur": """میں کے کی ہے کا سے کو اور کیا یہ نہیں پر میرا کیسے ہیں مجھے نے آپ کب""",
}
"""Words that questions of any subject have, the most spoken languages of a script first: they win where it is even."""
LETTERS = {
    "de": "äöüß", "fr": "œùêèçéàâîô", "es": "ñáíóú", "pt": "ãõçáêâ", "it": "àèìòù", "nl": "ëĳ", "sv": "åäö",
    "da": "øæå", "fi": "äö", "pl": "łąęśźżćó", "cs": "řěůčžáíý", "hu": "őűöüáé", "ro": "țăşâî", "tr": "ğışöüç",
    "vi": "ơưđăâê", "ru": "ыэё", "uk": "іїєґ", "bg": "ъ", "fa": "پچگژ", "ur": "ٹڈںےہ",
}  # fmt: skip
"""Letters by which a language is told from some others of its script."""
