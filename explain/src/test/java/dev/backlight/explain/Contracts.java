package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.explain.fusion.Consensus;
import dev.backlight.explain.fusion.Fusion;
import dev.backlight.explain.fusion.Normalisation;
import dev.backlight.explain.quality.FaithfulnessCorrelation;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Every explainer there is, with what it claims. One that is missing here fails the build.
final class Contracts {
  private Contracts() {}

  /// What a method may claim beside what [Completeness] says.
  enum Claim {
    /// Explains `x · w` by `x · w`, from a baseline of zeros.
    LINEAR,
    /// Gives exactly nothing to a feature that does nothing.
    DUMMY,
    /// Gives two features in the same role the same.
    SYMMETRY,
    /// Explains two networks that are the same function alike.
    INVARIANCE,
    /// Knows the model.
    MODEL
  }

  /// One explainer of elements of the input.
  ///
  /// @param explainer with its defaults, from zeros where there is a baseline
  /// @param claims what it is asked for
  /// @param small the same with less to do, for questions that are asked many times, and written in
  ///   Tensor language if it can be
  /// @param paper where it is from
  /// @param cost how often a model is run on each example, in words
  /// @param golden the reference cases that ask it, by their method
  record Contract(
      Explainer explainer,
      Set<Claim> claims,
      Explainer small,
      String paper,
      String cost,
      List<String> golden) {
    private static Contract of(
        Explainer explainer, Set<Claim> claims, String paper, String cost, String... golden) {
      return new Contract(explainer, claims, explainer, paper, cost, List.of(golden));
    }

    private Contract small(Explainer other) {
      return new Contract(explainer, claims, other, paper, cost, golden);
    }

    @Override
    public String toString() {
      return explainer.name();
    }
  }

  /// One explainer of all nodes.
  record OfNodes(NodeExplainer explainer, Completeness sums, String paper, String... golden) {}

  private static final Set<Claim> ALL = EnumSet.allOf(Claim.class);

  private static Set<Claim> but(Claim... not) {
    Set<Claim> claims = EnumSet.allOf(Claim.class);
    List.of(not).forEach(claims::remove);
    return claims;
  }

  /// A layer that every model in question has.
  static final String LAYER = "hidden1";

  private static final Baseline ZEROS = Baseline.zeros();
  private static final Claim LINEAR = Claim.LINEAR;
  private static final Claim DUMMY = Claim.DUMMY;
  private static final Claim SYMMETRY = Claim.SYMMETRY;
  private static final Claim INVARIANCE = Claim.INVARIANCE;

  private static final Explainer[] MEMBERS = {new GradientTimesInput(), Occlusion.with(ZEROS)};

  private static Contract consensus(Consensus of, String paper, Claim... not) {
    return Contract.of(of, but(not), paper, "1 + those of its members");
  }

  /// Whether it is written in Tensor language.
  static boolean differentiable(Explainer e) {
    return e instanceof TensorExplainer
        && !(e instanceof Consensus c && !c.fusion().differentiable());
  }

  private static Contract relevance(CompositeRule rule, String paper) {
    return Contract.of(new Lrp(rule), but(LINEAR, INVARIANCE), paper, "1", "lrp");
  }

  /// All explainers of elements, for inputs whose examples have the shape of `rows`.
  ///
  /// @param rows examples, for methods that draw from data
  static List<Contract> all(Tensor rows) {
    SmoothGrad smooth = SmoothGrad.of(new Saliency(), 0.1, 25, 0);
    SmoothGrad few = SmoothGrad.of(new Saliency(), 0.1, 3, 0);
    Quadrature.Fixed five = Quadrature.gaussLegendre(5);
    IntegratedGradients ig = IntegratedGradients.from(ZEROS);
    DeepLift deepLift = DeepLift.from(ZEROS);
    NeuronConductance neuron = new NeuronConductance(ZEROS, five, LAYER, List.of(0));
    return List.of(
        Contract.of(
            new Saliency(),
            but(LINEAR),
            "Simonyan, Vedaldi, Zisserman 2014",
            "1",
            "saliency",
            "neuron_gradient"),
        Contract.of(
            new GradientTimesInput(), ALL, "Shrikumar and others 2016", "1", "input_x_gradient"),
        Contract.of(smooth, but(LINEAR), "Smilkov and others 2017", "1 + draws", "smooth_grad")
            .small(few),
        Contract.of(
                smooth.as(SmoothGrad.Kind.SQUARE),
                but(LINEAR),
                "Hooker and others 2019",
                "1 + draws",
                "smooth_grad_sq")
            .small(few.as(SmoothGrad.Kind.SQUARE)),
        Contract.of(
                smooth.as(SmoothGrad.Kind.VARIANCE),
                but(LINEAR),
                "Adebayo and others 2018",
                "1 + draws",
                "var_grad")
            .small(few.as(SmoothGrad.Kind.VARIANCE)),
        Contract.of(
            new GuidedBackprop(),
            but(LINEAR, INVARIANCE),
            "Springenberg and others 2015",
            "1",
            "guided_backprop"),
        Contract.of(
            new Deconvnet(), but(LINEAR, INVARIANCE), "Zeiler, Fergus 2014", "1", "deconvolution"),
        Contract.of(
                ig,
                ALL,
                "Sundararajan, Taly, Yan 2017",
                "2 + nodes, adaptive from 18 on",
                "integrated_gradients",
                "neuron_integrated_gradients")
            .small(ig.with(five)),
        Contract.of(
                GuidedIntegratedGradients.from(ZEROS),
                but(SYMMETRY),
                "Kapishnikov and others 2021",
                "1 + steps")
            .small(GuidedIntegratedGradients.from(ZEROS).steps(5).slack(.3)),
        Contract.of(
                BlurIntegratedGradients.from(2),
                but(LINEAR, SYMMETRY),
                "Xu, Venugopalan, Sundararajan 2020",
                "3 + steps")
            .small(BlurIntegratedGradients.from(2).steps(5)),
        Contract.of(
            ExpectedGradients.from(rows, 5, 0),
            but(LINEAR, SYMMETRY),
            "Erion and others 2021",
            "1 + draws",
            "expected_gradients"),
        Contract.of(
                ManyBaselines.of(IntegratedGradients::from, rows),
                but(LINEAR, SYMMETRY),
                "Sundararajan, Najmi 2020",
                "1 + those of the method, for each baseline")
            .small(
                ManyBaselines.of(
                    b -> IntegratedGradients.from(b).with(Quadrature.gaussLegendre(3)), rows)),
        Contract.of(
            neuron,
            but(LINEAR),
            "Dhamdhere, Sundararajan, Yan 2019",
            "1 + nodes",
            "neuron_conductance"),
        Contract.of(
            deepLift,
            but(INVARIANCE),
            "Shrikumar, Greenside, Kundaje 2017",
            "2",
            "deeplift_rescale",
            "layer_deeplift_rescale"),
        Contract.of(
            deepLift.revealCancel(), but(INVARIANCE), "Shrikumar, Greenside, Kundaje 2017", "2"),
        Contract.of(
            new DeepLiftShap(rows),
            but(LINEAR, SYMMETRY, INVARIANCE),
            "Lundberg, Lee 2017",
            "1 + 2 for each baseline",
            "deeplift_shap"),
        Contract.of(Lrp.epsilon(), but(INVARIANCE), "Bach and others 2015", "1", "lrp")
            .small(Lrp.epsilon(.1)),
        Contract.of(Lrp.conservative(), but(INVARIANCE), "Ali and others 2022", "1")
            .small(new Lrp(new EpsilonRule(.1, EpsilonRule.Attention.VALUES))),
        relevance(CompositeRule.epsilonPlus(), "Montavon and others 2019"),
        relevance(CompositeRule.epsilonPlusFlat(), "Montavon and others 2019"),
        relevance(CompositeRule.epsilonAlpha2Beta1(), "Bach and others 2015"),
        relevance(CompositeRule.epsilonAlpha2Beta1Flat(), "Bach and others 2015"),
        relevance(CompositeRule.epsilonGammaBox(-5, 5), "Montavon and others 2019"),
        relevance(CompositeRule.deepTaylor(), "Montavon and others 2017"),
        relevance(CompositeRule.excitationBackprop(), "Zhang and others 2018"),
        Contract.of(
            Occlusion.with(ZEROS),
            ALL,
            "Zeiler, Fergus 2014",
            "2 + regions",
            "occlusion",
            "feature_ablation"),
        Contract.of(
            FeaturePermutation.among(rows),
            but(LINEAR, SYMMETRY),
            "Fisher, Rudin, Dominici 2019",
            "1 + draws · regions"),
        Contract.of(shapley(rows), ALL, "Shapley 1953", "2 + 2^regions", "shapley_values")
            .small(ShapleyValues.from(ZEROS)),
        Contract.of(
            ShapleySampling.from(ZEROS),
            but(SYMMETRY),
            "Castro, Gómez, Tejada 2009",
            "2 + 2 (regions − 1) a pair"),
        Contract.of(
                KernelShap.from(ZEROS),
                but(DUMMY, SYMMETRY),
                "Lundberg, Lee 2017",
                "2 + samples, or 2^regions if fewer")
            .small(KernelShap.from(ZEROS).samples(64)),
        Contract.of(
                Lime.from(ZEROS),
                but(LINEAR, DUMMY, SYMMETRY),
                "Ribeiro, Singh, Guestrin 2016",
                "2 + samples")
            .small(Lime.from(ZEROS).samples(24)),
        Contract.of(
                Rise.from(ZEROS),
                but(LINEAR, DUMMY, SYMMETRY),
                "Petsiuk, Das, Saenko 2018",
                "2 + masks")
            .small(Rise.from(ZEROS).samples(24)),
        consensus(Consensus.mean(MEMBERS), "Bhatt, Weller, Moura 2020", LINEAR),
        consensus(Consensus.varianceWeighted(MEMBERS), "Rieger, Hansen 2019", LINEAR),
        // Ranks make a whole place of the last bit.
        consensus(Consensus.ranks(MEMBERS), "Borda 1781", LINEAR, SYMMETRY),
        consensus(
            Consensus.faithful(FaithfulnessCorrelation.of(ZEROS), MEMBERS),
            "Bhatt, Weller, Moura 2020",
            LINEAR),
        consensus(
            new Consensus(
                List.of(MEMBERS), Normalisation.NONE, new Fusion.Weighted(List.of(.25, .75))),
            "Decker and others 2024"),
        Contract.of(new RandomAttribution(0), Set.of(), "Adebayo and others 2018", "1"));
  }

  /// Of elements, or of so few groups of them that all subsets can be asked.
  private static ShapleyValues shapley(Tensor rows) {
    int n = rows.elements() / rows.size(0);
    int[] numbers = IntStream.range(0, n).map(j -> j * 6 / n).toArray();
    ShapleyValues each = ShapleyValues.from(ZEROS);
    return n <= 16 ? each : each.of(Regions.groups(numbers));
  }

  /// All explainers of nodes.
  static List<OfNodes> ofNodes() {
    return List.of(
        new OfNodes(
            Conductance.from(ZEROS), Completeness.DIFFERENCE, "Dhamdhere, Sundararajan, Yan 2019"),
        new OfNodes(
            new GradientTimesActivation(),
            Completeness.NONE,
            "Shrikumar and others 2016",
            "layer_gradient_x_activation"),
        new OfNodes(
            InternalInfluence.from(ZEROS),
            Completeness.NONE,
            "Leino and others 2018",
            "internal_influence"),
        new OfNodes(Lrp.epsilon(), Completeness.OUTPUT, "Bach and others 2015"),
        new OfNodes(
            DeepLift.from(ZEROS), Completeness.DIFFERENCE, "Shrikumar, Greenside, Kundaje 2017"));
  }

  /// The names of all classes that explain elements or nodes, and have no contract.
  static Set<String> missing() throws IOException, URISyntaxException {
    Set<String> known = new TreeSet<>();
    Tensor rows = Nets.draw(1, DType.F64, 2, 5);
    all(rows).forEach(contract -> known.add(contract.explainer().getClass().getName()));
    ofNodes().forEach(contract -> known.add(contract.explainer().getClass().getName()));
    Set<String> missing = new TreeSet<>();
    for (Class<?> type : classes(Explainer.class)) {
      boolean explains =
          Explainer.class.isAssignableFrom(type) || NodeExplainer.class.isAssignableFrom(type);
      if (explains && !type.isInterface() && !known.contains(type.getName())) {
        missing.add(type.getName());
      }
    }
    return missing;
  }

  /// All classes of the module of one of them.
  static List<Class<?>> classes(Class<?> one) throws IOException, URISyntaxException {
    // A folder of classes in an IDE or `mvn test`, a jar in `mvn verify`.
    Path place = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return in(place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return in(jar.getPath("/"));
    }
  }

  private static List<Class<?>> in(Path root) throws IOException {
    List<Class<?>> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        String name = root.relativize(file).toString();
        if (name.endsWith(".class") && !name.endsWith("-info.class")) {
          String type = name.substring(0, name.length() - 6).replace('/', '.').replace('\\', '.');
          try {
            all.add(Class.forName(type, false, Explainer.class.getClassLoader()));
          } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    }
    return all;
  }
}
