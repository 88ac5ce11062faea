"""One page for people: what came, what was found, what was learnt."""
