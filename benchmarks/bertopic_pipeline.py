"""BERTopic's pipeline without its words (UMAP to five dimensions, HDBSCAN), in an interpreter that has both.

    python benchmarks/bertopic_pipeline.py FILE.npz    # pip install umap-learn hdbscan

Each array of the file is replaced by the cluster of each of its rows. Settings are BERTopic's own defaults, with the
least size of a cluster that Headrace has.
"""

import sys

import hdbscan
import numpy as np
import umap

LEAST = 5


def main(place: str) -> None:
    found = {}
    with np.load(place) as arrays:
        for name, rows in arrays.items():
            reducer = umap.UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42)
            clusters = hdbscan.HDBSCAN(min_cluster_size=LEAST, metric="euclidean", cluster_selection_method="eom")
            found[name] = clusters.fit_predict(reducer.fit_transform(rows).astype(float))
    np.savez(place, **found)


if __name__ == "__main__":
    main(sys.argv[1])
