/// Explanations: what each input and each node of a model contributed to one scalar of its answer.
///
/// Three values meet in every explanation. An [Explainer] is the method, a [Target] says which
/// scalar of the answer is meant, and the model is any function of tensors:
///
/// ```java
/// Attribution a = IntegratedGradients.from(Baseline.zeros()).explain(mlp::apply, x, Target.at(2));
/// a.scores();            // one score for every element of x, in the units of the answer
/// a.residual();          // what they leave unexplained
/// System.out.println(a); // a ranking
/// ```
///
/// A [TensorExplainer] writes its scores in Tensor language, so an explanation is a tape, too:
/// replayable, differentiable, a part of a loss. What travels backwards is a
/// [BackwardRule][dev.backlight.autodiff.BackwardRule]: the chain rule gives gradients,
/// [EpsilonRule] gives relevance, and a rule of your own gives what you want.
///
/// A [NodeExplainer] asks what each *node* contributed, layer by layer. [Conductance] accounts for
/// the whole answer at every layer that nothing bypasses, and [Lrp] does so for networks without
/// biases:
///
/// ```java
/// Conductance flow = Conductance.from(Baseline.zeros());
/// System.out.println(flow.contributions(xor::apply, x, Target.only()));  // a table of the layers
/// ```
///
/// Explanations are judged: [DeletionCurve] and [InsertionCurve] ask the model itself whether what
/// was called important is, and [RandomAttribution] is what there is to beat. [Explainers] lists
/// the methods.
package dev.backlight.explain;
