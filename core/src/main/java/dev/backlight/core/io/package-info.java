/// Files that other tools read and write: NumPy's `.npy` and `.npz`, safetensors, IDX, and JSON.
///
/// | class | reads and writes |
/// |---|---|
/// | [Npy] | one tensor, as `numpy.save` does |
/// | [Npz] | named tensors in a zip file, as `numpy.savez` does |
/// | [Safetensors] | named tensors with a JSON header, the format of model weights |
/// | [SafetensorsFile] | the same of any size, mapped into memory, tensor by tensor; reads only |
/// | [Idx] | one tensor, as MNIST is published; reads only |
/// | [Json] | plain maps, lists, strings and numbers |
/// | [AtomicFile] | any file, wholly or not at all |
///
/// A file from outside is not trusted: sizes that it declares are compared with what is there
/// before any memory is taken, and whatever is wrong with it becomes a [FormatException] that names
/// the file, says what was needed and then what came. Files are written aside and moved into place,
/// so nobody sees half a file.
package dev.backlight.core.io;
