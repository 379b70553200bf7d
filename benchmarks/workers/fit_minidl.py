"""An epoch of ``fit`` of the article's CNN in minidl."""

import os
import platform

import numba
import numpy as np
from common import BATCH, digits, serve

import minidl

minidl.set_num_threads(int(os.environ["BENCHMARK_THREADS"]))
x, y = digits()
model = minidl.applications.article_cnn()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=BATCH, verbose=0)
serve(
    {
        "minidl": minidl.__version__,
        "numpy": np.__version__,
        "numba": numba.__version__,
        "python": platform.python_version(),
    },
    lambda: model.fit(x, y, batch_size=BATCH, verbose=0),
    len(x) // BATCH,
)
