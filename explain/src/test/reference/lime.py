"""Ridge regressions of scikit-learn that LimeTest compares with: python lime.py ../resources/sampling/lime.json"""

import json
import sys

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import cosine_distances

cases = []
for seed, (samples, regions, width, ridge) in enumerate(
    [(40, 5, 0.25, 1.0), (200, 12, 0.7, 0.01), (30, 3, 2.0, 0.0), (12, 1, 0.5, 0.5)]
):
    rng = np.random.default_rng(seed)
    kept = (rng.random((samples, regions)) < 0.5).astype(float)
    kept[0] = 1
    values = rng.normal(size=samples) + kept @ rng.normal(size=regions)
    distance = cosine_distances(kept, np.ones((1, regions)))[:, 0]
    near = np.exp(-((distance / width) ** 2))
    fit = Ridge(alpha=ridge, solver="cholesky" if ridge else "svd").fit(kept, values, sample_weight=near)
    cases.append(
        dict(
            width=width,
            ridge=ridge,
            kept=kept.astype(int).tolist(),
            values=values.tolist(),
            coefficients=fit.coef_.tolist(),
        )
    )
with open(sys.argv[1], "w") as file:
    json.dump(cases, file)
    file.write("\n")
