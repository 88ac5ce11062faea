"""What personal data and secrets look like: makers of values, by kind and format."""

from headrace.privacy.corpus.fresh.makers import FRESH
from headrace.privacy.corpus.values.contact import CONTACT
from headrace.privacy.corpus.values.identity import IDENTITY
from headrace.privacy.corpus.values.maker import Maker
from headrace.privacy.corpus.values.money import MONEY
from headrace.privacy.corpus.values.national import NATIONAL
from headrace.privacy.corpus.values.network import NETWORK
from headrace.privacy.corpus.values.secrets import SECRETS
from headrace.privacy.corpus.values.vendors import VENDORS
from headrace.privacy.corpus.values.web import WEB

MAKERS: tuple[Maker, ...] = (*CONTACT, *MONEY, *NETWORK, *IDENTITY, *NATIONAL, *WEB, *SECRETS, *VENDORS, *FRESH)

__all__ = ["MAKERS", "Maker"]
