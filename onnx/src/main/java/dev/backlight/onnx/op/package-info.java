/// The operators of ONNX in Tensor language: one method for each, gathered by family, and what
/// reads and runs graphs of them.
package dev.backlight.onnx.op;
