"""The forward case of `backlight bench --onnx` in ONNX Runtime on the CPU: writes a JSON line.

usage: python peer_onnxruntime.py THREADS quick|full CASE...

The variable BACKLIGHT_BENCH_ONNX names the folder with model.onnx.
"""
import json
import os
import statistics
import sys
import time

import numpy as np
import onnxruntime

threads, wanted = int(sys.argv[1]), set(sys.argv[3:])
if "onnx_resnet50_forward" in wanted and "BACKLIGHT_BENCH_ONNX" in os.environ:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        os.path.join(os.environ["BACKLIGHT_BENCH_ONNX"], "model.onnx"), options,
        providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).standard_normal((1, 3, 224, 224), dtype=np.float32)
    feed = {session.get_inputs()[0].name: x}
    times = []
    for i in range(50):
        start = time.perf_counter()
        session.run(None, feed)
        times.append(time.perf_counter() - start)
    print(json.dumps({"case": "onnx_resnet50_forward", "us": statistics.median(times[10:]) * 1e6}))
