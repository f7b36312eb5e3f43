/// Neural networks as immutable records.
package dev.backlight.nn;
