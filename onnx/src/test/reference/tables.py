"""Writes models of scikit-learn as ONNX test cases, with the outputs of onnxruntime.

    python tables.py ../resources/dev/backlight/onnx/tables.zip.gz

Needs scikit-learn, onnx and onnxruntime. Trees are put down node by node, as skl2onnx does.
"""

import gzip
import io
import sys
import zipfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

DOMAIN = "ai.onnx.ml"


def tree_attributes(trees, weights, prefix):
    """Attributes of trees; `weights(t, value)` gives (id, weight) of a leaf of tree t."""
    nodes = {
        key: []
        for key in (
            "treeids nodeids featureids values modes truenodeids falsenodeids "
            "missing_value_tracks_true"
        ).split()
    }
    leaves = {key: [] for key in "treeids nodeids ids weights".split()}
    for t, tree in enumerate(trees):
        for i in range(tree.node_count):
            leaf = tree.children_left[i] < 0
            nodes["treeids"].append(t)
            nodes["nodeids"].append(i)
            nodes["featureids"].append(0 if leaf else int(tree.feature[i]))
            # Rounded down: scikit-learn compares floats with doubles.
            split = np.float32(tree.threshold[i])
            if split > tree.threshold[i]:
                split = np.nextafter(split, np.float32(-np.inf))
            nodes["values"].append(0.0 if leaf else float(split))
            nodes["modes"].append("LEAF" if leaf else "BRANCH_LEQ")
            nodes["truenodeids"].append(0 if leaf else int(tree.children_left[i]))
            nodes["falsenodeids"].append(0 if leaf else int(tree.children_right[i]))
            nodes["missing_value_tracks_true"].append(i % 2)
            if leaf:
                for which, weight in weights(t, tree.value[i]):
                    leaves["treeids"].append(t)
                    leaves["nodeids"].append(i)
                    leaves["ids"].append(which)
                    leaves["weights"].append(float(weight))
    found = {f"nodes_{key}": value for key, value in nodes.items()}
    found |= {f"{prefix}_{key}": value for key, value in leaves.items()}
    return found


def model(operator, attributes, features, outputs):
    node = helper.make_node(
        operator, ["x"], [name for name, _, _ in outputs], name="n", domain=DOMAIN, **attributes
    )
    graph = helper.make_graph(
        [node],
        operator,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", features])],
        [helper.make_tensor_value_info(*output) for output in outputs],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def cases():
    x, y = load_iris(return_X_y=True)
    x = x.astype(np.float32)
    rows = x[::7].copy()
    number = [("y", TensorProto.FLOAT, None)]
    classes = [("label", TensorProto.INT64, None), ("scores", TensorProto.FLOAT, None)]

    linear = LinearRegression().fit(x[:, :3], x[:, 3])
    attributes = {
        "coefficients": linear.coef_.tolist(),
        "intercepts": [float(linear.intercept_)],
        "targets": 1,
    }
    yield "linear", model("LinearRegressor", attributes, 3, number), rows[:, :3]

    logistic = LogisticRegression(max_iter=500).fit(x, y)
    attributes = {
        "coefficients": logistic.coef_.flatten().tolist(),
        "intercepts": logistic.intercept_.tolist(),
        "classlabels_ints": [10, 20, 30],
        "post_transform": "SOFTMAX",
    }
    yield "logistic", model("LinearClassifier", attributes, 4, classes), rows

    scaler = StandardScaler().fit(x)
    attributes = {"offset": scaler.mean_.tolist(), "scale": (1 / scaler.scale_).tolist()}
    yield "scaler", model("Scaler", attributes, 4, number), rows
    for norm in ("L1", "L2"):
        yield f"norm_{norm}", model("Normalizer", {"norm": norm}, 4, number), rows
    attributes = {"imputed_value_floats": [1.0, 2, 3, 4], "replaced_value_float": float("nan")}
    gaps = rows.copy()
    gaps[::3, 1] = np.nan
    yield "imputer", model("Imputer", attributes, 4, number), gaps

    tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(x, y)
    attributes = tree_attributes(
        [tree.tree_], lambda t, v: enumerate(v[0] / v[0].sum()), "class"
    )
    attributes |= {"classlabels_int64s": [0, 1, 2], "post_transform": "NONE"}
    yield "tree", model("TreeEnsembleClassifier", attributes, 4, classes), rows
    yield "tree_missing", model("TreeEnsembleClassifier", attributes, 4, classes), gaps

    two = (y == 1).astype(int)
    boosted = GradientBoostingClassifier(n_estimators=5, random_state=0).fit(x, two)
    attributes = tree_attributes(
        [stage[0].tree_ for stage in boosted.estimators_],
        lambda t, v: [(0, 0.1 * v[0][0])],
        "class",
    )
    attributes |= {
        "classlabels_int64s": [0, 1],
        "post_transform": "LOGISTIC",
        "base_values": [0.3],
    }
    yield "boosted", model("TreeEnsembleClassifier", attributes, 4, classes), rows

    for how in ("SUM", "AVERAGE", "MIN", "MAX"):
        forest = RandomForestRegressor(4, max_depth=5, random_state=0).fit(x[:, :3], x[:, 3])
        attributes = tree_attributes(
            [tree.tree_ for tree in forest.estimators_], lambda t, v: [(0, v[0][0])], "target"
        )
        attributes |= {"n_targets": 1, "aggregate_function": how}
        yield f"forest_{how}", model("TreeEnsembleRegressor", attributes, 3, number), rows[:, :3]


def main(target):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:

        def put(name, data):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)

        for name, proto, x in cases():
            proto.graph.name = name
            session = onnxruntime.InferenceSession(proto.SerializeToString())
            put(f"{name}/model.onnx", proto.SerializeToString())
            tensor = numpy_helper.from_array(np.ascontiguousarray(x))
            put(f"{name}/test_data_set_0/input_0.pb", tensor.SerializeToString())
            for i, y in enumerate(session.run(None, {"x": np.ascontiguousarray(x)})):
                tensor = numpy_helper.from_array(y)
                put(f"{name}/test_data_set_0/output_{i}.pb", tensor.SerializeToString())
    with open(target, "wb") as file:
        file.write(gzip.compress(buffer.getvalue(), 9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
