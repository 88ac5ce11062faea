"""Known false values, published as if they were personal data: whoever sees one outside of raw has found a leak."""
