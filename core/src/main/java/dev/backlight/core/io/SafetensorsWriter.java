package dev.backlight.core.io;

import dev.backlight.core.Block;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lays out and writes a safetensors file.
final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  static void write(Safetensors all, OutputStream out) throws IOException {
    Map<String, Block> blocks = new LinkedHashMap<>();
    all.tensors().forEach((name, tensor) -> blocks.put(name, Elements.of(tensor)));
    // Wide elements first, so that all are aligned; the sort is stable, so that else the order
    // remains.
    List<Map.Entry<String, Block>> layout = new ArrayList<>(blocks.entrySet());
    layout.sort(Comparator.comparingInt(entry -> -entry.getValue().dtype().bytes()));
    byte[] header = header(all.metadata(), blocks, layout);
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
    out.write(header);
    for (Map.Entry<String, Block> entry : layout) {
      Elements.write(out, entry.getValue());
    }
  }

  private static byte[] header(
      Map<String, String> metadata,
      Map<String, Block> blocks,
      List<Map.Entry<String, Block>> layout) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      members.put(Safetensors.METADATA, metadata);
    }
    // In the order of the map; the values follow in the order of the layout.
    blocks.keySet().forEach(name -> members.put(name, Map.of()));
    long end = 0;
    for (Map.Entry<String, Block> entry : layout) {
      Block block = entry.getValue();
      long begin = end;
      end += (long) block.size() * block.dtype().bytes();
      Map<String, Object> info = new LinkedHashMap<>();
      info.put("dtype", Stored.of(block.dtype()).name());
      info.put("shape", block.shape().sizes());
      info.put("data_offsets", new long[] {begin, end});
      members.put(entry.getKey(), info);
    }
    byte[] json = Json.write(members).getBytes(StandardCharsets.UTF_8);
    int padding = Math.floorMod(-json.length, ALIGNMENT);
    byte[] header = Arrays.copyOf(json, json.length + padding);
    Arrays.fill(header, json.length, header.length, (byte) ' ');
    return header;
  }
}
