package dev.backlight.core.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Straight-line arithmetic on numbers of one float type, written down: what happens to every
/// element of a chain of pointwise operations. [LoopCompiler] makes a loop of it.
///
/// A value that is asked for twice is computed once. Numbers that differ from chain to chain come
/// in from outside, so that chains of one form share a loop.
public final class Formula {
  enum Code {
    INPUT,
    NUMBER,
    CONSTANT,
    ADD,
    SUB,
    MUL,
    DIV,
    FMA,
    NEG,
    ABS,
    SQRT,
    MAX,
    MIN,
    GT,
    GE,
    LT,
    LE,
    EQ,
    NE,
    AND,
    OR,
    NOT,
    SELECT,
    BITS,
    FROM_BITS,
    TO_NUMBER,
    BITS_ADD,
    BITS_SUB,
    BITS_AND,
    BITS_OR,
    BITS_MAX,
    BITS_MIN,
    LOOKUP,
    SHIFT_LEFT,
    SHIFT_RIGHT
  }

  enum Type {
    NUMBER,
    BITS,
    MASK
  }

  /// One operation; `extra` is what it needs besides values.
  record Term(Code code, Type type, int a, int b, int c, long extra) {}

  /// A value that leaves the loop.
  ///
  /// @param sums whether it is added to accumulators instead of being stored
  record Output(int term, boolean sums) {}

  /// All that a loop depends on.
  record Form(boolean wide, List<Term> terms, List<Output> outputs) {
    /// How many numbers come in from outside.
    int numbers() {
      return count(Code.NUMBER);
    }

    /// How many arrays are read and written.
    int arrays() {
      return count(Code.INPUT) + outputs.size();
    }

    private int count(Code code) {
      return (int) terms.stream().filter(t -> t.code() == code).count();
    }
  }

  private final boolean wide;
  private final List<Term> terms = new ArrayList<>();
  private final Map<Term, Integer> known = new HashMap<>();
  private final List<Output> outputs = new ArrayList<>();
  private final List<Double> numbers = new ArrayList<>();
  private int inputs;

  /// @param wide whether numbers are doubles, else floats
  public Formula(boolean wide) {
    this.wide = wide;
  }

  public boolean isWide() {
    return wide;
  }

  Form form() {
    return new Form(wide, List.copyOf(terms), List.copyOf(outputs));
  }

  /// The numbers that come in from outside.
  double[] numbers() {
    return numbers.stream().mapToDouble(d -> d).toArray();
  }

  /// How many numbers come in from outside.
  public int numberCount() {
    return numbers.size();
  }

  /// How many operations there are.
  public int size() {
    int size = 0;
    for (Term term : terms) {
      size += term.code.compareTo(Code.CONSTANT) > 0 ? 1 : 0;
    }
    return size;
  }

  /// The next array of numbers that is read.
  public Value input() {
    return value(Code.INPUT, Type.NUMBER, -1, -1, -1, inputs++);
  }

  /// The next array of truth values that is read.
  public Value maskInput() {
    return value(Code.INPUT, Type.MASK, -1, -1, -1, inputs++);
  }

  /// A number that is no part of the form, rounded to the type.
  public Value number(double number) {
    numbers.add(number);
    return value(Code.NUMBER, Type.NUMBER, -1, -1, -1, numbers.size() - 1);
  }

  /// A number that is part of the form.
  public Value constant(double number) {
    return value(Code.CONSTANT, Type.NUMBER, -1, -1, -1, Double.doubleToRawLongBits(number));
  }

  /// Has a value stored.
  public void store(Value value) {
    outputs.add(new Output(value.id, false));
  }

  /// Has a value added to the accumulators of a sum, see [FloatScalarReductions].
  void sum(Value value) {
    outputs.add(new Output(value.id, true));
  }

  private Value value(Code code, Type type, int a, int b, int c, long extra) {
    Term term = new Term(code, type, a, b, c, extra);
    Integer id = known.get(term);
    if (id == null) {
      id = terms.size();
      terms.add(term);
      known.put(term, id);
    }
    return new Value(id);
  }

  /// A number, the bits of a number, or a truth value.
  public final class Value {
    private final int id;

    private Value(int id) {
      this.id = id;
    }

    /// A number that is part of the form.
    public Value constant(double number) {
      return Formula.this.constant(number);
    }

    public boolean isMask() {
      return terms.get(id).type == Type.MASK;
    }

    private Value with(Code code, Type type) {
      return value(code, type, id, -1, -1, 0);
    }

    private Value with(Code code, Type type, Value b) {
      return value(code, type, id, b.id, -1, 0);
    }

    private Value with(Code code, long extra) {
      return value(code, Type.BITS, id, -1, -1, extra);
    }

    public Value add(Value b) {
      return with(Code.ADD, Type.NUMBER, b);
    }

    public Value add(double b) {
      return add(constant(b));
    }

    public Value sub(Value b) {
      return with(Code.SUB, Type.NUMBER, b);
    }

    public Value sub(double b) {
      return sub(constant(b));
    }

    public Value mul(Value b) {
      return with(Code.MUL, Type.NUMBER, b);
    }

    public Value div(Value b) {
      return with(Code.DIV, Type.NUMBER, b);
    }

    /// `this · b + c`, rounded once.
    public Value fma(Value b, Value c) {
      return value(Code.FMA, Type.NUMBER, id, b.id, c.id, 0);
    }

    Value fma(Value b, double c) {
      return fma(b, constant(c));
    }

    Value fma(double b, double c) {
      return fma(constant(b), constant(c));
    }

    Value fma(double b, Value c) {
      return fma(constant(b), c);
    }

    public Value neg() {
      return with(Code.NEG, Type.NUMBER);
    }

    public Value abs() {
      return with(Code.ABS, Type.NUMBER);
    }

    public Value sqrt() {
      return with(Code.SQRT, Type.NUMBER);
    }

    /// As [Math#max].
    public Value max(Value b) {
      return with(Code.MAX, Type.NUMBER, b);
    }

    /// As [Math#min].
    public Value min(Value b) {
      return with(Code.MIN, Type.NUMBER, b);
    }

    public Value gt(Value b) {
      return with(Code.GT, Type.MASK, b);
    }

    public Value ge(Value b) {
      return with(Code.GE, Type.MASK, b);
    }

    public Value lt(Value b) {
      return with(Code.LT, Type.MASK, b);
    }

    public Value le(Value b) {
      return with(Code.LE, Type.MASK, b);
    }

    public Value eq(Value b) {
      return with(Code.EQ, Type.MASK, b);
    }

    public Value ne(Value b) {
      return with(Code.NE, Type.MASK, b);
    }

    public Value and(Value b) {
      return with(Code.AND, Type.MASK, b);
    }

    public Value or(Value b) {
      return with(Code.OR, Type.MASK, b);
    }

    public Value not() {
      return with(Code.NOT, Type.MASK);
    }

    /// `yes` where this is true, else `no`.
    public Value select(Value yes, Value no) {
      return value(Code.SELECT, Type.NUMBER, id, yes.id, no.id, 0);
    }

    /// At most `high`; NaN stays.
    Value below(double high) {
      Value bound = constant(high);
      return gt(bound).select(bound, this);
    }

    /// The bits as a whole number.
    Value bits() {
      return with(Code.BITS, Type.BITS);
    }

    /// The number with these bits.
    Value fromBits() {
      return with(Code.FROM_BITS, Type.NUMBER);
    }

    /// This whole number as a number.
    Value toNumber() {
      return with(Code.TO_NUMBER, Type.NUMBER);
    }

    Value plusBits(long b) {
      return with(Code.BITS_ADD, b);
    }

    Value plusBits(Value b) {
      return value(Code.BITS_ADD, Type.BITS, id, b.id, -1, 0);
    }

    Value minusBits(Value b) {
      return value(Code.BITS_SUB, Type.BITS, id, b.id, -1, 0);
    }

    Value andBits(long b) {
      return with(Code.BITS_AND, b);
    }

    Value orBits(Value b) {
      return value(Code.BITS_OR, Type.BITS, id, b.id, -1, 0);
    }

    Value maxBits(long b) {
      return with(Code.BITS_MAX, b);
    }

    Value minBits(long b) {
      return with(Code.BITS_MIN, b);
    }

    /// The number that [TablesF32#at] has for this whole number.
    Value lookup(int table) {
      return value(Code.LOOKUP, Type.NUMBER, id, -1, -1, table);
    }

    Value shiftLeft(int by) {
      return with(Code.SHIFT_LEFT, by);
    }

    Value shiftRight(int by) {
      return with(Code.SHIFT_RIGHT, by);
    }
  }
}
