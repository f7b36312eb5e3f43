package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/// Prints a program, one line a value that is computed:
///
///     %6 [4, 8] = matmul %4 %0     // Xor.java:12
final class TapePrinter {
  private TapePrinter() {}

  static String print(Program p, List<String> names) {
    List<String> left = new ArrayList<>();
    List<String> right = new ArrayList<>();
    for (int i = 0; i < p.inputs; i++) {
      left.add(
          "%" + i + " " + sizes(p.specs[i]) + " = " + (i < names.size() ? names.get(i) : "input"));
      right.add(i == 0 ? "inputs" : "");
    }
    p.captured.forEach((value, _) -> {
      left.add("%" + value + " " + sizes(p.specs[value]) + " = captured");
      right.add("of the enclosing recording");
    });
    p.constants.forEach((value, block) -> {
      if (block.size() > 1) {
        left.add("%" + value + " " + sizes(p.specs[value]) + " = constant");
        right.add("");
      }
    });
    for (Node node : p.nodes) {
      StringJoiner line = new StringJoiner(" ");
      line.add(node.line()).add("=").add(name(node.op()));
      for (int k = 0; k < node.arity(); k++) {
        Block constant = p.constants.get(node.input(k));
        line.add(constant != null && constant.size() == 1 ? number(constant) : "%" + node.input(k));
      }
      left.add(line.toString());
      String label =
          node.label() == null ? "" : node.label() + (node.where().isEmpty() ? "" : " at ");
      right.add(label + node.where());
    }
    int width = left.stream().mapToInt(String::length).filter(n -> n <= 56).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < left.size(); i++) {
      text.append(left.get(i));
      if (!right.get(i).isEmpty()) {
        text.append(" ".repeat(Math.max(0, width - left.get(i).length()))).append("   // ");
        text.append(right.get(i));
      }
      text.append('\n');
    }
    StringJoiner outputs = new StringJoiner(" ", "return ", "");
    for (int output : p.outputs) {
      Block constant = p.constants.get(output);
      outputs.add(constant != null && constant.size() == 1 ? number(constant) : "%" + output);
    }
    return text.append(outputs).toString();
  }

  private static String number(Block constant) {
    double value = constant.get(0);
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  private static String sizes(Spec spec) {
    String suffix = spec.dtype() == dev.backlight.core.DType.F32 ? "" : " " + spec.dtype();
    return Arrays.toString(spec.shape().sizes()) + suffix;
  }

  /// The op's name with its attributes; of flags only those that are set, and no kind that is the
  /// name.
  static String name(Op op) {
    if (op instanceof Nest || !(op instanceof Record record)) {
      return op.name();
    }
    StringJoiner attributes = new StringJoiner(", ", "(", ")");
    attributes.setEmptyValue("");
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        Object value = component.getAccessor().invoke(record);
        if (value instanceof Boolean flag) {
          if (flag) {
            attributes.add(component.getName());
          }
        } else if (!(value instanceof Enum<?> kind && kind.name().equalsIgnoreCase(op.name()))) {
          attributes.add(String.valueOf(value));
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        return op.name();
      }
    }
    return op.name() + attributes;
  }
}
