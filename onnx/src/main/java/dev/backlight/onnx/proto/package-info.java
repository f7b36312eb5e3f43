/// The messages of an ONNX file as records, and the reader of the protobuf bytes that they are
/// written in. Nothing here believes a length, a size or a name that a file states.
package dev.backlight.onnx.proto;
