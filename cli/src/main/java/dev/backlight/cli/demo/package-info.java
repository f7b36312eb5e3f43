/// The demo: three networks, trained and explained, and the page that shows why they answer as they
/// do.
///
/// Each part is a study, which trains and measures, and a page, which tells.
package dev.backlight.cli.demo;
