"""Two records of TensorBoard's own writer, in hexadecimal: the constants of TensorBoardLogTest.

    python tensorboard_reference.py
"""

import io

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def record(event):
    out = io.BytesIO()
    RecordWriter(out).write(event.SerializeToString(deterministic=True))
    return out.getvalue().hex()


print("VERSION", record(Event(wall_time=1.5, file_version="brain.Event:2")))
value = Summary.Value(tag="held/loss", simple_value=0.1)
print("SCALAR", record(Event(wall_time=1.5, step=300, summary=Summary(value=[value]))))
