package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PlayerTest {
  private static final Key KEY = Key.of(4);

  private static Tensor cnn(List<Tensor> in) {
    Tensor h = in.get(0).conv2d(in.get(1), Conv2dOptions.of().padding(1)).relu();
    Tensor pooled = h.maxPool2d(Pool2dOptions.of(2)).flattenFrom(1);
    Tensor logits = pooled.matmul(in.get(2)).add(in.get(3));
    Tensor labels = Tensor.of(0, 2);
    return logits.logSoftmax(1).takeAlong(1, labels.unsqueeze(1)).mean().neg();
  }

  private static List<Tensor> cnnInputs(DType dtype) {
    return List.of(
        KEY.fold(1).normal(Shape.of(2, 1, 6, 6), dtype),
        KEY.fold(2).normal(Shape.of(3, 1, 3, 3), dtype),
        KEY.fold(3).normal(Shape.of(27, 4), dtype),
        KEY.fold(4).normal(Shape.of(4), dtype));
  }

  @Test
  void tenThousandPlaysOfAGradientAllocateNothing() {
    record Linear(Tensor w, Tensor b) {}
    Linear at = new Linear(KEY.normal(Shape.of(5, 3), DType.F32), Tensor.zeros(3));
    Tensor x = KEY.fold(9).normal(Shape.of(7, 5), DType.F32);
    Tape<Linear, Tensor> loss =
        Tape.record(m -> x.matmul(m.w()).add(m.b()).tanh().square().mean(), at);
    Player<Linear, Grad<Linear>> player = loss.valueAndGrad().player();
    player.set(at);
    Allocation.assertNone(player, 10_000);
  }

  @Test
  void playsOfAConvolutionalGradientAllocateNothing() {
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      Player<List<Tensor>, Grad<List<Tensor>>> player =
          Tape.record(PlayerTest::cnn, cnnInputs(dtype)).valueAndGrad().player();
      player.set(cnnInputs(dtype));
      Allocation.assertNone(player, 2_000);
    }
  }

  @Test
  void everyOpReplaysWithoutAllocating() {
    for (OpSamples.Sample sample : OpSamples.all()) {
      Player<List<Tensor>, List<Tensor>> player =
          Tape.record(
                  (List<Tensor> in) ->
                      List.of(Tensor.applyAll(sample.op(), in.toArray(Tensor[]::new))),
                  sample.inputs())
              .player();
      player.set(sample.inputs());
      try {
        Allocation.assertNone(player, 3_000);
      } catch (AssertionError e) {
        throw new AssertionError(sample + " allocates: " + e.getMessage(), e);
      }
    }
  }

  @Test
  void sumsOverNodesReplayWithoutAllocating() {
    Tensor nodes = Tensor.of(.1, .2, .3);
    Player<Tensor, Tensor> player =
        Tape.record((Tensor x) -> Tape.sumOver(a -> x.mul(a).tanh().sum(), nodes), Tensor.of(1., 2))
            .gradient()
            .player();
    player.set(Tensor.of(.5, .6));
    Allocation.assertNone(player, 5_000);
  }

  @Test
  void valuesWithSeparateLivesShareMemory() {
    Tape<Tensor, Tensor> chain =
        Tape.record(
            x -> {
              Tensor y = x;
              for (int i = 0; i < 50; i++) {
                y = y.tanh();
              }
              return y;
            },
            Tensor.zeros(1000));
    assertThat(chain.player().bytes()).isEqualTo(4 * 1000 * 4);
  }

  @Test
  void inputsStayFromPlayToPlay() {
    Player<Tensor, Tensor> player =
        Tape.record((Tensor x) -> x.mul(x).add(1), Tensor.of(1.)).player();
    player.set(Tensor.of(3.));
    player.play();
    player.play();
    assertThat(player.output(0).f64()[0]).isEqualTo(10);
    player.input(0).f64()[0] = 2;
    player.play();
    assertThat(player.result().item()).isEqualTo(5);
  }

  @Test
  void anotherDTypeIsRefused() {
    Player<Tensor, Tensor> player = Tape.record((Tensor x) -> x.exp(), Tensor.of(1.)).player();
    assertThatThrownBy(() -> player.set(Tensor.of(1f)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("this tape was recorded on F64(1), got F32(1)");
  }

  @Test
  void sixtyFourThreadsOnOneTapeGiveTheSameBits() throws InterruptedException, ExecutionException {
    Tape<List<Tensor>, Grad<List<Tensor>>> tape =
        Tape.record(PlayerTest::cnn, cnnInputs(DType.F32)).valueAndGrad();
    Grad<List<Tensor>> alone = tape.player().play(cnnInputs(DType.F32));
    List<Callable<Grad<List<Tensor>>>> tasks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      tasks.add(() -> tape.player().play(cnnInputs(DType.F32)));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Grad<List<Tensor>>> done : threads.invokeAll(tasks)) {
        for (int i = 0; i < 4; i++) {
          assertThat(done.get().grad().get(i).sameAs(alone.grad().get(i))).isTrue();
        }
      }
    }
  }
}
