package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Safetensors;
import dev.backlight.nn.Activation;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.Dropout;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Parameters;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.optim.Schedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final Key KEY = Key.of(11);

  @TempDir Path dir;

  /// Everything that a resumption could forget: dropout's key, statistics, a schedule's step, a
  /// smaller last batch.
  private static Sequential model() {
    return Sequential.of(
        Linear.of(3, 8, KEY.fold(1)),
        BatchNorm.of(8),
        Activation.TANH,
        new Dropout(0.3),
        Linear.of(8, 2, KEY.fold(2)));
  }

  private static final Tensor X = KEY.normal(Shape.of(22, 3), DType.F32);
  private static final Tensor Y = X.slice(1, 0, 1).flatten().gt(0).to(DType.I32);
  private static final Tensor HELD_X = KEY.fold(9).normal(Shape.of(7, 3), DType.F32);
  private static final Tensor HELD_Y = HELD_X.slice(1, 0, 1).flatten().gt(0).to(DType.I32);

  private static Trainer<Sequential> trainer() {
    return Trainer.classification(Sequential::apply)
        .training(Sequential::train)
        .optimizer(AdamW.of(Schedule.cosine(0.05, 30)).clipped(1))
        .batch(8)
        .epochs(7)
        .key(KEY)
        .silent();
  }

  private static void same(Fitted<Sequential> got, Fitted<Sequential> want) {
    assertThat(got.history()).isEqualTo(want.history());
    assertThat(got.epoch()).isEqualTo(want.epoch());
    List<Tensor> a = Struct.leaves(got.model());
    List<Tensor> b = Struct.leaves(want.model());
    for (int i = 0; i < b.size(); i++) {
      assertThat(a.get(i).sameAs(b.get(i))).as("leaf %d", i).isTrue();
    }
  }

  private static Fitted<Sequential> fit(Trainer<Sequential> how) {
    return how.fit(model(), X, Y, HELD_X, HELD_Y);
  }

  @Test
  void trainingGoesOnWithTheBitsOfOneNeverInterrupted() {
    Path file = dir.resolve("a.safetensors");
    Fitted<Sequential> whole = fit(trainer());
    for (int cut : new int[] {1, 4, 7}) {
      fit(trainer().epochs(cut).checkpoint(file));
      same(fit(trainer().resume(file)), whole);
    }
    same(fit(trainer()), whole);
  }

  @Test
  void patienceAndItsBestEpochGoOnToo() {
    Path file = dir.resolve("a.safetensors");
    Trainer<Sequential> patient = trainer().epochs(40).patience(3);
    Fitted<Sequential> whole = fit(patient);
    assertThat(whole.history()).hasSizeLessThan(40);
    for (int cut = 1; cut <= whole.history().size(); cut += 3) {
      fit(patient.epochs(cut).checkpoint(file));
      same(fit(patient.resume(file)), whole);
    }
    fit(patient.checkpoint(file));
    same(fit(patient.resume(file)), whole);
  }

  @Test
  void theBestModelAndTheLastOneAreInTheirFiles() throws IOException {
    Path best = dir.resolve("best.safetensors");
    Path last = dir.resolve("last.safetensors");
    Fitted<Sequential> patient = fit(trainer().epochs(20).patience(20));
    Fitted<Sequential> fitted = fit(trainer().epochs(20).best(best).checkpoint(last));
    assertThat(patient.epoch().number()).isLessThan(20);
    same(
        new Fitted<>(
            Parameters.load(model(), best), patient.epoch(), patient.history(), patient.state()),
        patient);
    Checkpoint read = Checkpoint.read(last);
    same(new Fitted<>(read.model(model()), fitted.epoch(), read.history(), fitted.state()), fitted);
  }

  @Test
  void aModelThatIsOneTensorHasCheckpointsToo() throws IOException {
    Path file = dir.resolve("a.safetensors");
    Trainer<Tensor> line = Trainer.regression((Tensor w, Tensor x) -> x.matmul(w)).silent();
    Tensor y = X.matmul(Tensor.of(1f, 2f, 3f));
    Fitted<Tensor> fitted = line.epochs(3).checkpoint(file).fit(Tensor.of(0f, 0f, 0f), X, y);
    Tensor read = Checkpoint.read(file).model(Tensor.of(0f, 0f, 0f));
    assertThat(read.sameAs(fitted.model())).isTrue();
  }

  @Test
  void whatIsNotOfThisTrainingIsRefused() throws IOException {
    Path file = dir.resolve("a.safetensors");
    fit(trainer().epochs(1).checkpoint(file));
    String run = "key [0-9a-f]{32}, batch 8, data [0-9a-f]{8}, held out [0-9a-f]{8}";
    String needed = ".*a.safetensors: a checkpoint of this training is needed, ";
    assertThatThrownBy(() -> fit(trainer().key(Key.of(1)).resume(file)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageMatching(needed + run + ", got " + run);
    assertThatThrownBy(() -> trainer().resume(file).fit(model(), X, Y))
        .hasMessageMatching(needed + ".*held out none, got " + run);
    assertThatThrownBy(() -> trainer().resume(file).fit(model(), X.neg(), Y, HELD_X, HELD_Y))
        .hasMessageMatching(needed + run + ", got " + run);
    assertThatThrownBy(() -> fit(trainer().optimizer(AdamW.of(0.1)).resume(file)))
        .hasMessageContaining("is not in this training");
    assertThatThrownBy(() -> fit(trainer().patience(2).resume(file)))
        .hasMessageContaining("a checkpoint that kept its best epoch is needed, for patience or a");
    Path other = dir.resolve("b.safetensors");
    Parameters.save(model(), other);
    assertThatThrownBy(() -> Checkpoint.read(other))
        .isInstanceOf(FormatException.class)
        .hasMessage(other + ": a checkpoint of training is needed, got other tensors");
    Sequential wide = Sequential.mlp(KEY, Activation.TANH, 4, 2);
    assertThatThrownBy(() -> Checkpoint.read(file).model(wide))
        .hasMessageContaining("layers.0.weight needs F32(4, 2), got F32(3, 8)");
  }

  @Test
  void filesThatDoNotFitThemselvesAreRefused() throws IOException {
    Path file = dir.resolve("a.safetensors");
    Tensor rows = Tensor.zeros(Shape.of(2, 4), DType.F64);
    Map<String, String> notes = Map.of("backlight", "checkpoint", "best_epoch", "3");
    new Safetensors(Map.of("history", rows), notes).write(file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": a best epoch from 0 to 2 is needed, got '3'");
    new Safetensors(Map.of("history", rows.reshape(4, 2)), notes).write(file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": a history (epochs, 4) is needed, got F64(4, 2)");
    fit(trainer().epochs(1).checkpoint(file));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 9));
    assertThatThrownBy(() -> fit(trainer().resume(file)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @Test
  void theLogHasALineForEveryEpochAlsoAfterAResumption() throws IOException {
    Path file = dir.resolve("a.safetensors");
    Path log = dir.resolve("log.csv");
    Fitted<Sequential> whole = fit(trainer().listener(CsvLog.to(log)));
    List<String> lines = Files.readAllLines(log);
    assertThat(lines).hasSize(8);
    assertThat(lines.getFirst()).isEqualTo("epoch,loss,accuracy,held_loss,held_accuracy");
    Epoch last = whole.history().getLast();
    Score held = java.util.Objects.requireNonNull(last.held());
    assertThat(lines.getLast())
        .isEqualTo(
            "7,%s,%s,%s,%s"
                .formatted(last.train().loss(), last.train().metric(), held.loss(), held.metric()));
    fit(trainer().epochs(3).checkpoint(file));
    fit(trainer().resume(file).listener(CsvLog.to(log)));
    assertThat(Files.readAllLines(log)).isEqualTo(lines);
    Trainer<Sequential> other = trainer().key(Key.of(1)).resume(file).listener(CsvLog.to(log));
    assertThatThrownBy(() -> fit(other)).isInstanceOf(UncheckedIOException.class);
    assertThat(Files.readAllLines(log)).as("a log of what was refused").isEqualTo(lines);
    Trainer.regression((Tensor w, Tensor x) -> x.matmul(w))
        .epochs(1)
        .silent()
        .listener(CsvLog.to(log))
        .fit(Tensor.of(0f, 0f, 0f), X, X.matmul(Tensor.of(0f, 0f, 0f)));
    assertThat(Files.readString(log))
        .isEqualTo("epoch,loss,metric,held_loss,held_metric\n1,0.0,,,\n");
  }
}
