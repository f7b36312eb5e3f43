package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// How often sequences of tokens that are known beforehand come in rows of tokens, with gaps, as
/// numbers or weighted (`TfIdfVectorizer`).
final class Ngrams {
  private final NodeCall node;
  private final Tensor rows;
  private final int outputs;

  private Ngrams(NodeCall node, Tensor rows, int outputs) {
    this.node = node;
    this.rows = rows;
    this.outputs = outputs;
  }

  static void addTo(Operators all) {
    all.add("TfIdfVectorizer", node -> List.of(Value.of(counted(node))));
  }

  private static long[] needed(NodeCall node, String name) {
    long[] all = node.integers(name);
    if (all == null || all.length == 0) {
      throw new Refusal("needs whole numbers as attribute " + name + ", got none");
    }
    return all;
  }

  private static Tensor counted(NodeCall node) {
    Tensor x = node.x(0);
    if (x.rank() < 1 || x.rank() > 2 || !x.dtype().isInteger()) {
      throw new Refusal("needs tokens (c) or (n, c) of whole numbers, got " + x.spec());
    }
    long last = LongStream.of(needed(node, "ngram_indexes")).max().getAsLong();
    if (LongStream.of(needed(node, "ngram_indexes")).min().getAsLong() < 0 || last > 1 << 24) {
      throw new Refusal("needs ngram_indexes of 0 to 2^24, got " + last);
    }
    Tensor rows = (x.rank() == 1 ? x.unsqueeze(0) : x).to(DType.I64);
    Tensor counts = new Ngrams(node, rows, (int) last + 1).counts();
    return x.rank() == 1 ? counts.squeeze(0) : counts;
  }

  /// What each comes to in every row: (n, outputs).
  private Tensor counts() {
    long[] starts = needed(node, "ngram_counts");
    long[] pool = needed(node, "pool_int64s");
    long[] places = needed(node, "ngram_indexes");
    long shortest = node.integer("min_gram_length");
    long longest = node.integer("max_gram_length");
    Tensor sum = Tensor.zeros(Shape.of(rows.size(0), outputs), DType.F32);
    int id = 0;
    for (int size = 1; size <= starts.length; size++) {
      long end = size < starts.length ? starts[size] : pool.length;
      long from = starts[size - 1];
      if (from < 0 || end < from || end > pool.length) {
        throw new Refusal(
            "needs ngram_counts that grow to " + pool.length + ", got " + from + " and " + end);
      }
      int many = (int) (end - from) / size;
      if (id + many > places.length) {
        throw new Refusal("needs ngram_indexes for all of the pool, got " + places.length);
      }
      if (many > 0 && size >= shortest && size <= longest) {
        sum = sum.add(found(pool, (int) from, many, size, places, id));
      }
      id += many;
    }
    return sum;
  }

  /// Those of one length.
  private Tensor found(long[] pool, int from, int many, int size, long[] places, int id) {
    // One that is given twice counts where it was given last.
    Map<List<Long>, Integer> wanted = new LinkedHashMap<>();
    for (int i = 0; i < many; i++) {
      wanted.put(
          LongStream.of(pool).skip(from + (long) i * size).limit(size).boxed().toList(), id + i);
    }
    int gaps = size == 1 ? 0 : node.size("max_skip_count", 0);
    int n = rows.size(0);
    Tensor each = Tensor.zeros(Shape.of(n, wanted.size()), DType.F32);
    for (int skip = 1; skip <= gaps + 1; skip++) {
      int count = rows.size(1) - skip * (size - 1);
      if (count < 1) {
        break;
      }
      Tensor same = null;
      for (int k = 0; k < size; k++) {
        int place = k;
        long[] tokens = wanted.keySet().stream().mapToLong(one -> one.get(place)).toArray();
        Tensor token = Tensor.of(Shape.of(tokens.length, 1), tokens);
        Tensor here = rows.slice(1, skip * k, skip * k + count).unsqueeze(1).eq(token);
        same = same == null ? here : same.and(here);
      }
      each = each.add(java.util.Objects.requireNonNull(same).to(DType.F32).sum(2));
    }
    int[] ids = wanted.values().stream().mapToInt(i -> i).toArray();
    long[] to = IntStream.of(ids).mapToLong(i -> places[i]).toArray();
    return weighted(each, ids, places.length)
        .takeAdd(1, Tensor.of(Shape.of(to.length), to), outputs);
  }

  private Tensor weighted(Tensor counts, int[] ids, int all) {
    String mode = NodeCall.oneOf("mode", node.text("mode", ""), "TF", "IDF", "TFIDF");
    float[] given = node.reals("weights");
    Tensor frequency = mode.equals("IDF") ? counts.gt(0).to(DType.F32) : counts;
    if (mode.equals("TF") || given == null) {
      return frequency;
    }
    if (given.length != all) {
      throw new Refusal("needs " + all + " weights, got " + given.length);
    }
    return frequency.mul(Tensor.of(given).take(0, Tensor.of(ids)));
  }
}
