"""Write ``agreement.npz``: kappas by scikit-learn and statsmodels.

python tests/reference/make_agreement.py
"""

import pathlib

import numpy as np
import sklearn
import statsmodels
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

CASES = [(40, 3, 2, 0.8), (60, 5, 4, 0.6), (25, 2, 6, 0.3), (100, 4, 3, 0.0)]


def main():
    rng = np.random.default_rng(0)
    arrays = {
        "versions": np.array([f"scikit-learn {sklearn.__version__}",
                              f"statsmodels {statsmodels.__version__}"]),
        "cases": np.array(len(CASES)),
    }  # fmt: skip
    for i, (items, annotators, classes, agreement) in enumerate(CASES):
        truth = rng.integers(0, classes, (items, 1))
        guess = rng.integers(0, classes, (items, annotators))
        labels = np.where(rng.random((items, annotators)) < agreement, truth, guess)
        arrays[f"labels{i}"] = labels
        arrays[f"fleiss{i}"] = np.array(fleiss_kappa(aggregate_raters(labels)[0]))
        for name, weights in (("none", None), ("linear", "linear"), ("quadratic", "quadratic")):
            kappa = cohen_kappa_score(labels[:, 0], labels[:, 1], weights=weights)
            arrays[f"cohen_{name}{i}"] = np.array(kappa)
    np.savez_compressed(pathlib.Path(__file__).with_name("agreement.npz"), **arrays)


if __name__ == "__main__":
    main()
