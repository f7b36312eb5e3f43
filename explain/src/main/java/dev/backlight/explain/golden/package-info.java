/// Golden files: models with the derivatives and explanations that other tools computed of them.
package dev.backlight.explain.golden;
