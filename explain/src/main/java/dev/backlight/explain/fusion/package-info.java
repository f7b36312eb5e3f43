/// One explanation from several: a consensus that says how far its members disagree.
///
/// ```java
/// Consensus consensus = Consensus.mean(IntegratedGradients.from(zeros), Occlusion.with(zeros));
/// Attribution a = consensus.explain(mlp::apply, x, Target.predicted());
/// a.scores();
/// a.spread(); // where they are large, the members contradict each other
/// ```
///
/// A consensus is an [dev.backlight.explain.Explainer], so it is judged by the same metrics as its
/// members. It is not right because many say so: members may share a mistake.
@NullMarked
package dev.backlight.explain.fusion;

import org.jspecify.annotations.NullMarked;
