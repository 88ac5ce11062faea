"""Which agent should answer a query: a trained router, run with numpy alone.

    router = headrace.Router.load("models/router.json")
    decision = router.decide("Where is my invoice?")
    decision.choice, decision.probability, decision.reasons

Trained by `analytics.router`, which needs scikit-learn; running one does not.
"""

from headrace.errors import ConfigError

try:
    from headrace.router.artefact import ArtefactRefused, Manifest
    from headrace.router.decision import Decision
    from headrace.router.live import LiveRouter, Routed
    from headrace.router.router import Router
except ModuleNotFoundError as error:
    raise ConfigError(
        f"headrace.Router needs the package {error.name}; install it with `pip install 'headrace[learning]'`"
    ) from None

__all__ = ["ArtefactRefused", "Decision", "LiveRouter", "Manifest", "Routed", "Router"]
