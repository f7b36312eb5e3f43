/// Tapes as ONNX graphs: for every op the nodes that say the same.
package dev.backlight.onnx.export;
