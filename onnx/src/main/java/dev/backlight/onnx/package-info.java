/// Reads ONNX files into tapes. Empty in this version: the reader is the subject of a later one.
package dev.backlight.onnx;
