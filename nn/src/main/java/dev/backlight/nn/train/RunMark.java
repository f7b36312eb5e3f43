package dev.backlight.nn.train;

import dev.backlight.core.Block;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What tells a run of training from others: its key, its batches and its data. Only the same run
/// goes on bit for bit.
final class RunMark {
  private RunMark() {}

  static String of(Key key, Feed feed, @Nullable Judge<?> judge) {
    return "key %016x%016x, batch %d, %s, held out %s"
        .formatted(
            key.key(),
            key.stream(),
            feed.batch(),
            feed.mark(),
            judge == null ? "none" : judge.mark().replaceFirst("^data ", ""));
  }

  static String sum(Tensor... tensors) {
    CRC32C sum = new CRC32C();
    ByteBuffer bytes = ByteBuffer.allocate(8192);
    for (Tensor tensor : tensors) {
      sum.update(tensor.spec().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      Block block = Inputs.block(tensor);
      for (int i = 0; i < block.size(); i++) {
        bytes.putDouble(block.get(i));
        if (!bytes.hasRemaining()) {
          sum.update(bytes.flip());
          bytes.clear();
        }
      }
      sum.update(bytes.flip());
      bytes.clear();
    }
    return "%08x".formatted(sum.getValue());
  }
}
