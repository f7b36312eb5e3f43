package dev.backlight.explain.report;

import java.util.regex.Pattern;

/// A paragraph's text as HTML: everything escaped, then `*emphasis*`, `**strong**` and `` `code`
/// ``.
final class Inline {

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern STRONG = Pattern.compile("\\*\\*(\\S(?:[^*]*\\S)?)\\*\\*");
  private static final Pattern EMPHASIS = Pattern.compile("\\*(\\S(?:[^*]*\\S)?)\\*");

  private Inline() {}

  static String html(String text) {
    StringBuilder out = new StringBuilder();
    var code = CODE.matcher(text);
    int after = 0;
    while (code.find()) {
      out.append(words(text.substring(after, code.start())));
      out.append("<code>").append(Xml.escape(code.group(1))).append("</code>");
      after = code.end();
    }
    return out.append(words(text.substring(after))).toString();
  }

  private static String words(String text) {
    String strong = STRONG.matcher(Xml.escape(text)).replaceAll("<strong>$1</strong>");
    return EMPHASIS.matcher(strong).replaceAll("<em>$1</em>");
  }
}
