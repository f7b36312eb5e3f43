package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A kernel runs on every replay, so it may allocate nothing; and players hand out memory that is
/// longer than needed and full of what was there before.
class KernelMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final double SPARE = 99;

  static Stream<Arguments> ops() {
    Tensor x = Tensor.ones(Shape.of(2, 3, 4, 5), DType.F64);
    return Stream.concat(
        RulesTest.linearOps(),
        Stream.of(
            Arguments.of(new Permute(List.of(3, 1, 0, 2)), List.of(x)),
            Arguments.of(new Sum(List.of(1), true), List.of(x)),
            Arguments.of(new Sum(List.of(2, 3), true), List.of(x)),
            Arguments.of(new AMax(List.of(0, 2), false), List.of(x)),
            Arguments.of(new Norm(List.of(1, 3), false), List.of(x)),
            Arguments.of(new Norm(List.of(2), false), List.of(x)),
            Arguments.of(new Softmax(), List.of(x)),
            Arguments.of(new Softmax(true), List.of(x.log().neg().div(0))),
            Arguments.of(new LogSumExp(), List.of(x)),
            Arguments.of(new MaxIndex(1), List.of(x)),
            Arguments.of(new MaxPool2d(Pool2dOptions.of(2)), List.of(x)),
            Arguments.of(new OneHot(3, DType.F32), List.of(Tensor.of(1, 0, 2))),
            Arguments.of(new Standardize(List.of(1, 3), 1e-5), List.of(x)),
            Arguments.of(new CrossEntropy(), List.of(x.get(0, 0), Tensor.of(1, 0, 2, 4))),
            Arguments.of(
                new Draw(Draw.Kind.NORMAL, Shape.of(7), DType.F32), List.of(Tensor.of(1L, 2))),
            Arguments.of(new FoldKey(), List.of(Tensor.of(1L, 2), Tensor.of(Shape.SCALAR, 3L)))));
  }

  @ParameterizedTest
  @MethodSource("ops")
  void aWarmKernelAllocatesNothing(Op op, List<Tensor> inputs) {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      Block[] in =
          inputs.stream()
              .map(x -> (x.dtype().isFloat() ? x.to(dtype) : x).block())
              .toArray(Block[]::new);
      Spec[] specs = Stream.of(in).map(Block::spec).toArray(Spec[]::new);
      Spec[] made = op.infer(specs);
      Block[] out = Stream.of(made).map(Block::allocate).toArray(Block[]::new);
      Op.Kernel kernel = op.planned(specs, made);
      run(kernel, in, out, 2000);

      // The vector loops and the compiler may still be at work on a busy machine; a kernel that
      // allocates does so every time.
      long least = Long.MAX_VALUE;
      for (int attempt = 0; attempt < 20 && least >= 1000; attempt++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run(kernel, in, out, 1000);
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).as("bytes of 1000 runs of %s in %s", op, dtype).isLessThan(1000);
    }
  }

  private static void run(Op.Kernel kernel, Block[] in, Block[] out, int times) {
    for (int i = 0; i < times; i++) {
      kernel.run(in, out);
    }
  }

  @ParameterizedTest
  @MethodSource("ops")
  void aKernelWritesAllOfItsOutputAndNothingElse(Op op, List<Tensor> inputs) {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      Block[] in =
          inputs.stream()
              .map(x -> (x.dtype().isFloat() ? x.to(dtype) : x).block())
              .toArray(Block[]::new);
      Block[] expected = op.evaluate(in);
      Block[] longer = Stream.of(in).map(KernelMemoryTest::longer).toArray(Block[]::new);
      Block[] out =
          Stream.of(expected).map(b -> longer(Block.allocate(b.spec()))).toArray(Block[]::new);
      for (Block block : out) {
        for (int i = 0; i < block.size(); i++) {
          block.set(i, SPARE);
        }
      }
      op.run(longer, out);

      for (int k = 0; k < out.length; k++) {
        assertThat(Tensor.over(out[k]).sameAs(Tensor.over(expected[k]))).as("%s", op).isTrue();
        Block whole = whole(out[k]);
        for (int i = out[k].size(); i < whole.size(); i++) {
          assertThat(whole.get(i)).as("element %s after %s", i, op).isEqualTo(SPARE);
        }
      }
    }
  }

  /// The same block over an array with five more elements, which hold a mark.
  private static Block longer(Block block) {
    Block memory = Block.allocate(Spec.of(Shape.of(block.size() + 5), block.dtype()));
    for (int i = 0; i < memory.size(); i++) {
      memory.set(i, i < block.size() ? block.get(i) : SPARE);
    }
    return Block.over(block.spec(), memory.array());
  }

  private static Block whole(Block block) {
    return Block.over(Spec.of(Shape.of(block.size() + 5), block.dtype()), block.array());
  }
}
