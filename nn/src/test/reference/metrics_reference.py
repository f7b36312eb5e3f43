"""Metrics of scikit-learn (Brier over classes and the calibration error written out), in float64.

    python metrics_reference.py     writes ../resources/parity/metrics.json
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics as m

rng = np.random.default_rng(5)
n, k = 23, 4
y = rng.integers(0, 3, n)  # class 3 has no example, though some are taken for it
p = np.round(rng.dirichlet(np.ones(k), n), 3)
p[:, 0] = 1 - p[:, 1:].sum(1)
taken = p.argmax(1)
binary = rng.integers(0, 2, n)
score = np.round(rng.random(n), 1)  # with ties
a, b = np.round(rng.normal(size=(2, n)), 3)
three = y
q = np.round(np.random.default_rng(6).dirichlet(np.ones(3), n), 1)  # with ties
q[:, 0] = 1 - q[:, 1:].sum(1)

gaps = np.zeros(5)
for i in range(n):
    top = p[i].max()
    for low in range(5):
        if low / 5 < top <= (low + 1) / 5:
            gaps[low] += float(taken[i] == y[i]) - top

want = {
    "accuracy": m.accuracy_score(y, taken),
    "balanced": m.balanced_accuracy_score(y, taken),
    "matthews": m.matthews_corrcoef(y, taken),
    "kappa": m.cohen_kappa_score(y, taken),
    "top2": m.top_k_accuracy_score(y, p, k=2, labels=range(k)),
    "logLoss": m.log_loss(y, p, labels=range(k)),
    "brier": ((p - np.eye(k)[y]) ** 2).sum(1).mean(),
    "ece": np.abs(gaps).sum() / n,
    "auc": m.roc_auc_score(binary, score),
    "ap": m.average_precision_score(binary, score),
    "aucRest": m.roc_auc_score(three, q, multi_class="ovr"),
    "aucOne": m.roc_auc_score(three, q, multi_class="ovo"),
    "mae": m.mean_absolute_error(a, b),
    "rmse": m.mean_squared_error(a, b) ** 0.5,
    "r2": m.r2_score(a, b),
}
for average in ["macro", "micro", "weighted"]:
    want[average] = m.precision_recall_fscore_support(y, taken, average=average, zero_division=0)[:3]
want["each"] = np.transpose(
    m.precision_recall_fscore_support(y, taken, labels=range(k), zero_division=0)[:3]
).ravel().tolist()

given = {"q": q.ravel(), "y": y, "p": p.ravel(), "taken": taken, "binary": binary, "score": score, "a": a, "b": b}
out = {"made by": "nn/src/test/reference/metrics_reference.py", "scikit-learn": sklearn.__version__}
out |= {name: v.tolist() for name, v in given.items()} | {"want": want}
path = pathlib.Path(__file__).parent / "../resources/parity/metrics.json"
path.write_text(json.dumps(out, default=float).replace('"want"', '\n"want"') + "\n")
