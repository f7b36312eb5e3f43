package dev.backlight.core.kernel;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.backlight.core.kernel.Formula.Code;
import dev.backlight.core.kernel.Formula.Form;
import dev.backlight.core.kernel.Formula.Term;
import dev.backlight.core.kernel.Formula.Type;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Makes a [CompiledLoop] of a [Formula]: one flat method in a hidden class, every value in a
/// vector, as one would write it by hand. C2 wants it flat, see the package's page.
final class LoopCompiler {
  private static final String VECTORS = "jdk.incubator.vector.";
  private static final ClassDesc SPECIES = ClassDesc.of(VECTORS + "VectorSpecies");
  private static final ClassDesc VECTOR = ClassDesc.of(VECTORS + "Vector");
  private static final ClassDesc MASK = ClassDesc.of(VECTORS + "VectorMask");
  private static final ClassDesc OPERATORS = ClassDesc.of(VECTORS + "VectorOperators");
  private static final ClassDesc COMPARISON = OPERATORS.nested("Comparison");
  private static final ClassDesc BINARY = OPERATORS.nested("Binary");
  private static final ClassDesc CONVERSION = OPERATORS.nested("Conversion");
  private static final ClassDesc LOOP = CompiledLoop.class.describeConstable().orElseThrow();
  private static final ClassDesc NAME = ClassDesc.of(CompiledLoop.class.getName() + "Code");
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void, CD_Object.arrayType(), CD_int.arrayType(), CD_double.arrayType(), CD_int);

  private static final int ARRAYS = 1;
  private static final int AT = 2;
  private static final int NUMBERS = 3;
  private static final int N = 4;

  private final Form form;
  private final CodeBuilder code;
  private final ClassDesc element;
  private final ClassDesc numbers;
  private final ClassDesc bits;
  private final ClassDesc bit;
  private final ClassDesc lanes;
  private final int length;
  private final int width;
  private final int[] place;
  private final int index;
  private final Map<Long, int[]> tables = new HashMap<>();

  private LoopCompiler(Form form, CodeBuilder code) {
    this.form = form;
    this.code = code;
    boolean wide = form.wide();
    element = wide ? CD_double : CD_float;
    numbers = ClassDesc.of(VECTORS + (wide ? "DoubleVector" : "FloatVector"));
    bits = ClassDesc.of(VECTORS + (wide ? "LongVector" : "IntVector"));
    bit = wide ? CD_long : CD_int;
    lanes = (wide ? DoubleLanes.class : FloatLanes.class).describeConstable().orElseThrow();
    length = (wide ? DoubleLanes.SPECIES : FloatLanes.SPECIES).length();
    width = wide ? DoubleScalarReductions.WIDTH : FloatScalarReductions.WIDTH;
    place = new int[form.terms().size()];
    index = code.allocateLocal(TypeKind.INT);
  }

  static CompiledLoop compile(Form form) {
    byte[] bytes =
        ClassFile.of()
            .build(
                NAME,
                type ->
                    type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                        .withInterfaceSymbols(LOOP)
                        .withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            0,
                            code ->
                                code.aload(0)
                                    .invokespecial(
                                        CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                                    .return_())
                        .withMethodBody(
                            "run",
                            RUN,
                            ClassFile.ACC_PUBLIC,
                            code -> new LoopCompiler(form, code).method()));
    try {
      MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(bytes, true);
      return (CompiledLoop) made.lookupClass().getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("what was just written can be read", e);
    }
  }

  private void method() {
    int inputs = (int) form.terms().stream().filter(t -> t.code() == Code.INPUT).count();
    int count = inputs + form.outputs().size();
    boolean[] mask = new boolean[count];
    for (Term term : form.terms()) {
      if (term.code() == Code.INPUT) {
        mask[(int) term.extra()] = term.type() == Type.MASK;
      }
    }
    for (int k = 0; k < form.outputs().size(); k++) {
      mask[inputs + k] = type(form.outputs().get(k).term()) == Type.MASK;
    }
    int[] array = new int[count];
    int[] offset = new int[count];
    for (int k = 0; k < count; k++) {
      array[k] = code.allocateLocal(TypeKind.REFERENCE);
      offset[k] = code.allocateLocal(TypeKind.INT);
      code.aload(ARRAYS).loadConstant(k).aaload();
      code.checkcast((mask[k] ? CD_boolean : element).arrayType()).astore(array[k]);
      code.aload(AT).loadConstant(k).iaload().istore(offset[k]);
    }
    for (Term term : form.terms()) {
      if (term.code() == Code.LOOKUP) {
        tables.computeIfAbsent(term.extra(), this::table);
      }
    }
    int[] scalar = new int[place.length];
    for (int t = 0; t < place.length; t++) {
      place[t] = code.allocateLocal(TypeKind.REFERENCE);
      Term term = form.terms().get(t);
      scalar[t] = term.code() == Code.NUMBER ? number(term) : 0;
    }
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.iconst_0().istore(index).labelBinding(top).iload(index).iload(N).if_icmpge(end);
    for (int t = 0; t < place.length; t++) {
      Term term = form.terms().get(t);
      switch (term.code()) {
        case INPUT -> read(term, array[(int) term.extra()], offset[(int) term.extra()]);
        case NUMBER, CONSTANT -> broadcast(term, scalar[t]);
        default -> compute(term);
      }
      code.astore(place[t]);
    }
    for (int k = 0; k < form.outputs().size(); k++) {
      write(form.outputs().get(k), array[inputs + k], offset[inputs + k]);
    }
    code.iinc(index, length).goto_(top).labelBinding(end).return_();
  }

  private Type type(int term) {
    return form.terms().get(term).type();
  }

  private CodeBuilder load(int term) {
    return code.aload(place[term]);
  }

  private CodeBuilder species() {
    return code.getstatic(lanes, "SPECIES", SPECIES);
  }

  /// A number that stays the same from vector to vector. Only its scalar waits outside of the loop:
  /// a vector that came from there C2 allocates in some of its compilations, and one that is made
  /// inside it moves out by itself.
  private void broadcast(Term term, int local) {
    species();
    if (term.code() == Code.NUMBER) {
      code.loadLocal(kind(), local);
    } else if (form.wide()) {
      code.loadConstant(Double.longBitsToDouble(term.extra()));
    } else {
      code.loadConstant((float) Double.longBitsToDouble(term.extra()));
    }
    code.invokestatic(numbers, "broadcast", MethodTypeDesc.of(numbers, SPECIES, element));
  }

  private TypeKind kind() {
    return form.wide() ? TypeKind.DOUBLE : TypeKind.FLOAT;
  }

  /// The local with one of the numbers.
  private int number(Term term) {
    int local = code.allocateLocal(kind());
    code.aload(NUMBERS).loadConstant((int) term.extra()).daload();
    if (!form.wide()) {
      code.d2f();
    }
    code.storeLocal(kind(), local);
    return local;
  }

  private void read(Term term, int array, int offset) {
    boolean mask = term.type() == Type.MASK;
    ClassDesc kind = mask ? MASK : numbers;
    species().aload(array).iload(offset).iload(index).iadd();
    code.invokestatic(
        kind,
        "fromArray",
        MethodTypeDesc.of(kind, SPECIES, (mask ? CD_boolean : element).arrayType(), CD_int));
  }

  private void write(Formula.Output output, int array, int offset) {
    boolean mask = type(output.term()) == Type.MASK;
    load(output.term());
    if (output.sums()) {
      species().aload(array).iload(index).loadConstant(width - 1).iand();
      code.invokestatic(
          numbers, "fromArray", MethodTypeDesc.of(numbers, SPECIES, element.arrayType(), CD_int));
      virtual(numbers, "add", numbers, VECTOR);
      code.aload(array).iload(index).loadConstant(width - 1).iand();
    } else {
      code.aload(array).iload(offset).iload(index).iadd();
    }
    virtual(
        mask ? MASK : numbers,
        "intoArray",
        CD_void,
        (mask ? CD_boolean : element).arrayType(),
        CD_int);
  }

  private void virtual(ClassDesc of, String name, ClassDesc result, ClassDesc... arguments) {
    code.invokevirtual(of, name, MethodTypeDesc.of(result, arguments));
  }

  private void compute(Term term) {
    switch (term.code()) {
      case ADD, SUB, MUL, DIV, MAX, MIN -> binary(term, numbers);
      case FMA -> {
        load(term.a());
        load(term.b());
        load(term.c());
        virtual(numbers, "fma", numbers, VECTOR, VECTOR);
      }
      case NEG, ABS, SQRT -> {
        load(term.a());
        virtual(numbers, lower(term.code()), numbers);
      }
      case GT, GE, LT, LE, EQ, NE -> {
        load(term.a()).getstatic(OPERATORS, term.code().name(), COMPARISON);
        load(term.b());
        virtual(numbers, "compare", MASK, COMPARISON, VECTOR);
      }
      case AND, OR -> binary(term, MASK);
      case NOT -> {
        load(term.a());
        virtual(MASK, "not", MASK);
      }
      case SELECT -> {
        load(term.c());
        load(term.b());
        load(term.a());
        virtual(numbers, "blend", numbers, VECTOR, MASK);
      }
      case BITS -> {
        load(term.a());
        virtual(numbers, form.wide() ? "reinterpretAsLongs" : "reinterpretAsInts", bits);
      }
      case FROM_BITS -> {
        load(term.a());
        virtual(bits, form.wide() ? "reinterpretAsDoubles" : "reinterpretAsFloats", numbers);
      }
      case TO_NUMBER -> {
        load(term.a()).getstatic(OPERATORS, form.wide() ? "L2D" : "I2F", CONVERSION);
        code.iconst_0();
        virtual(bits, "convert", VECTOR, CONVERSION, CD_int);
        code.checkcast(numbers);
      }
      case BITS_ADD, BITS_SUB, BITS_AND, BITS_OR, BITS_MAX, BITS_MIN -> onBits(term);
      case LOOKUP -> lookUp(term);
      case SHIFT_LEFT -> shift(term, "LSHL");
      case SHIFT_RIGHT -> shift(term, "ASHR");
      case INPUT, NUMBER, CONSTANT -> throw new AssertionError(term);
    }
  }

  private void binary(Term term, ClassDesc kind) {
    load(term.a());
    load(term.b());
    virtual(kind, lower(term.code()), kind, kind.equals(MASK) ? MASK : VECTOR);
  }

  private void onBits(Term term) {
    String name = lower(term.code()).substring("bits_".length());
    load(term.a());
    if (term.b() >= 0) {
      load(term.b());
      virtual(bits, name, bits, VECTOR);
    } else {
      constant(term.extra());
      virtual(bits, name, bits, bit);
    }
  }

  private void shift(Term term, String operator) {
    load(term.a()).getstatic(OPERATORS, operator, BINARY);
    constant(term.extra());
    virtual(bits, "lanewise", bits, BINARY, bit);
  }

  /// A table is as long as the widest vector: narrower ones choose among several.
  private void lookUp(Term term) {
    int[] parts = Objects.requireNonNull(tables.get(term.extra()));
    load(term.a()).aload(parts[0]);
    virtual(bits, "selectFrom", bits, VECTOR);
    for (int k = 1; k < parts.length; k++) {
      load(term.a()).aload(parts[k]);
      virtual(bits, "selectFrom", bits, VECTOR);
      load(term.a());
      constant(TablesF32.SIZE - 1);
      virtual(bits, "and", bits, bit);
      code.getstatic(OPERATORS, "GE", COMPARISON);
      constant((long) k * length);
      virtual(bits, "compare", MASK, COMPARISON, bit);
      virtual(bits, "blend", bits, VECTOR, MASK);
    }
    virtual(bits, "reinterpretAsFloats", numbers);
  }

  private int[] table(long at) {
    int[] parts = new int[TablesF32.SIZE / length];
    ClassDesc tables = TablesF32.class.describeConstable().orElseThrow();
    for (int k = 0; k < parts.length; k++) {
      parts[k] = code.allocateLocal(TypeKind.REFERENCE);
      code.getstatic(bits, "SPECIES_" + length * Float.SIZE, SPECIES);
      code.getstatic(tables, "BITS", bit.arrayType()).loadConstant((int) at + k * length);
      code.invokestatic(
              bits, "fromArray", MethodTypeDesc.of(bits, SPECIES, bit.arrayType(), CD_int))
          .astore(parts[k]);
    }
    return parts;
  }

  private void constant(long value) {
    if (form.wide()) {
      code.loadConstant(value);
    } else {
      code.loadConstant((int) value);
    }
  }

  private static String lower(Code code) {
    return code.name().toLowerCase(Locale.ROOT);
  }
}
