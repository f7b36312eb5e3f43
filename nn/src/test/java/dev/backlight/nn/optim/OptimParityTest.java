package dev.backlight.nn.optim;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Parity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every optimiser and every schedule against those of PyTorch, step by step.
class OptimParityTest {
  private static final Map<String, Optimizer> RULES = new HashMap<>();
  private static final Map<String, Schedule> SCHEDULES = new HashMap<>();

  static {
    RULES.put("sgd", Sgd.of(.1));
    RULES.put("momentum", Sgd.of(.1).momentum(.9));
    RULES.put("nesterov", Sgd.of(.1).nesterov(.8).decay(.3));
    RULES.put("adam", Adam.of(.05));
    RULES.put("adamW", AdamW.of(.05).decay(.2));
    RULES.put("nadam", Nadam.of(.05));
    RULES.put("rmsProp", RmsProp.of(.05));
    RULES.put("rmsProp/momentum", RmsProp.of(.05).decay(.9).momentum(.5));
    RULES.put("adagrad", Adagrad.of(.1));
    RULES.put("adadelta", Adadelta.of());
    RULES.put("clippedByNorm", Sgd.of(.1).clipped(.5));
    RULES.put("clippedByValue", Sgd.of(.1).clippedByValue(.5));
    RULES.put("lion", Lion.of(.05).decay(.1));
    RULES.put("lamb", Lamb.of(.05));
    RULES.put("accumulating", AdamW.of(.05).decay(.2).accumulating(2));
    SCHEDULES.put("constant", Schedule.constant(.5));
    SCHEDULES.put("cosine", Schedule.cosine(.5, 29));
    SCHEDULES.put("cosineRestarts", Schedule.cosineRestarts(.5, 7, 1));
    SCHEDULES.put("cosineRestarts/longer", Schedule.cosineRestarts(.5, 4, 2));
    SCHEDULES.put("exponential", Schedule.exponential(.5, .9, 1));
    SCHEDULES.put("step", Schedule.step(.5, .3, 7));
    SCHEDULES.put("polynomial", Schedule.polynomial(.5, 0, 20, 1.7));
    SCHEDULES.put("warmup", Schedule.constant(.5).warmup(10));
    SCHEDULES.put("warmup/cosine", Schedule.cosine(.5, 29).warmup(5));
    SCHEDULES.put("oneCycle", Schedule.oneCycle(.5, 30, .3));
  }

  static List<Parity.Case> cases() {
    return Parity.cases("optim").stream().filter(c -> !c.name().startsWith("plateau/")).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyStepIsThatOfPyTorch(Parity.Case c) {
    String name = c.name().substring(c.name().indexOf('/') + 1);
    if (c.name().startsWith("rule/")) {
      Optimizer rule = Objects.requireNonNull(RULES.get(name), name);
      c.check(in -> List.of(steps(rule, in.get(0), in.get(1))));
    } else if (c.name().startsWith("mean/")) {
      c.check(in -> List.of(means(Sgd.of(.1).averaging(.8), in.get(0), in.get(1))));
    } else {
      Schedule schedule = Objects.requireNonNull(SCHEDULES.get(name), name);
      c.check(_ -> List.of(rates(schedule, c.outputs().getFirst().size(0))));
    }
  }

  private static Tensor steps(Optimizer rule, Tensor start, Tensor gradients) {
    Tensor p = start;
    OptimizerState state = rule.start(p);
    List<Tensor> after = new ArrayList<>();
    for (int t = 0; t < gradients.size(0); t++) {
      Step<Tensor> step = rule.step(p, gradients.get(t), state);
      p = step.model();
      state = step.state();
      after.add(p);
    }
    return Tensor.stack(0, after);
  }

  private static Tensor means(Optimizer rule, Tensor start, Tensor gradients) {
    Tensor p = start;
    OptimizerState state = rule.start(p);
    List<Tensor> after = new ArrayList<>();
    for (int t = 0; t < gradients.size(0); t++) {
      Step<Tensor> step = rule.step(p, gradients.get(t), state);
      p = step.model();
      state = step.state();
      after.add(Average.of(p, state));
    }
    return Tensor.stack(0, after);
  }

  private static Tensor rates(Schedule schedule, int count) {
    return Tensor.stack(
        0,
        IntStream.range(0, count)
            .mapToObj(i -> schedule.at(Tensor.full(Shape.SCALAR, DType.F64, i)))
            .toList());
  }
}
