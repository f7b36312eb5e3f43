/// Models of other frameworks as tapes: [OnnxModel] reads an ONNX file, and everything that works
/// on tapes then works on it.
package dev.backlight.onnx;
