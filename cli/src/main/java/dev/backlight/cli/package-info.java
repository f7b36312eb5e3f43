/// The `backlight` command: trains small models, explains their answers, and writes pages that show
/// why.
///
/// A class of the name of a command is that command. [Main] runs one and turns whatever goes wrong
/// into one line and an exit code: 0 done, 1 a bug of ours, 2 input that cannot be used.
package dev.backlight.cli;
