package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.List;

/// What a backward sweep saw: its result at the chosen inputs, and primal and relevance at chosen
/// nodes.
///
/// @param output the explained outputs of the tape, all leaves in order
/// @param inputs what arrived at the chosen part of the inputs
/// @param primals the first output of every chosen node
/// @param arrived what arrived there under the rule: an adjoint, a relevance
/// @param <S> the structure of the chosen part of the inputs
public record Trace<S>(List<Tensor> output, S inputs, List<Tensor> primals, List<Tensor> arrived) {}
