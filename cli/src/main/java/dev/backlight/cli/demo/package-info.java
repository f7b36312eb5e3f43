/// The demo: three networks, trained and explained, methods that are judged on two of them, a
/// fourth that learned a shortcut and is cured of it, and the page that shows why they answer as
/// they do.
///
/// Each part is a study, which trains and measures, and a page, which tells.
package dev.backlight.cli.demo;
