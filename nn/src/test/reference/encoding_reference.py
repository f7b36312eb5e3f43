"""Filled, encoded and scaled columns of a small table, by scikit-learn.

    python encoding_reference.py     writes ../resources/data/people.csv and encoding.json

The first rows are those to train on, the others are only transformed.
"""

import csv
import json
import pathlib
import random

import numpy
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

OUT = pathlib.Path(__file__).parent.parent / "resources" / "data"
ROWS, TRAIN = 40, 28


def table():
    draw = random.Random(5)
    rows = []
    for i in range(ROWS):
        rows.append(
            {
                "age": "" if i % 9 == 4 else str(draw.randint(18, 80)),
                "height": "" if i % 11 == 7 else f"{draw.gauss(170, 10):.1f}",
                "zip": draw.choice(["1010", "999", "20095"]),
                "colour": "" if i % 7 == 3 else draw.choice(["red", "green", "blue", "green"]),
                "bought": draw.choice(["no", "yes"]),
            }
        )
    return rows


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rows = table()
    with open(OUT / "people.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    x = numpy.array(
        [
            [
                float(r["age"]) if r["age"] else numpy.nan,
                float(r["height"]) if r["height"] else numpy.nan,
                r["zip"],
                r["colour"] or numpy.nan,
            ]
            for r in rows
        ],
        dtype=object,
    )
    zips = ["999", "1010", "20095"]  # by size, as here
    columns = ColumnTransformer(
        [
            ("age", SimpleImputer(strategy="mean"), [0]),
            ("height", SimpleImputer(strategy="median"), [1]),
            ("zip", OneHotEncoder(categories=[zips], sparse_output=False), [2]),
            (
                "colour",
                make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(sparse_output=False)),
                [3],
            ),
        ]
    ).fit(x[:TRAIN])
    encoded = columns.transform(x).astype(float)
    result = {
        "made by": "nn/src/test/reference/encoding_reference.py",
        "scikit-learn": sklearn.__version__,
        "train": TRAIN,
        "encoded": encoded.tolist(),
        "standard": StandardScaler().fit(encoded[:TRAIN]).transform(encoded).tolist(),
        "minmax": MinMaxScaler((-1, 3)).fit(encoded[:TRAIN]).transform(encoded).tolist(),
    }
    (OUT / "encoding.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
