/// The backlight command.
package dev.backlight.cli;
