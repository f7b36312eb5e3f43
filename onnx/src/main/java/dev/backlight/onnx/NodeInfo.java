package dev.backlight.onnx;

import dev.backlight.core.Spec;
import java.util.List;

/// What a node of a model comes to.
///
/// @param name of the node, or of its first output if it has none
/// @param operator with its domain, unless that is ONNX's own
/// @param outputs shape and dtype of every output
/// @param parameters how many numbers of weights it reads
/// @param flops floating-point operations of one run, a multiplication with an addition as two; 0
///   if it is computed at import
public record NodeInfo(
    String name, String operator, List<Spec> outputs, long parameters, long flops) {}
