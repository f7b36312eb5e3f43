package dev.backlight.explain.report;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/// An SVG document as the XML parser of the JDK reads it, to be asked what is drawn.
record Drawing(Document document) {

  static Drawing of(Figure figure) {
    try {
      var builder = DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder();
      builder.setErrorHandler(null);
      return new Drawing(builder.parse(new InputSource(new StringReader(figure.svg()))));
    } catch (Exception e) {
      throw new AssertionError("not well-formed: " + figure.title() + ": " + e.getMessage(), e);
    }
  }

  List<Element> all(String name) {
    NodeList found = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  /// The words that can be seen.
  List<String> texts() {
    return all("text").stream().map(e -> e.getFirstChild().getNodeValue()).toList();
  }

  /// What the shapes say on hover, without the title of the whole.
  List<String> tips() {
    return all("title").stream().skip(1).map(Element::getTextContent).toList();
  }

  /// The shape that says this on hover.
  Element saying(String tip) {
    return all("title").stream()
        .filter(t -> t.getTextContent().equals(tip))
        .map(t -> (Element) t.getParentNode())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no shape says '" + tip + "', but " + tips()));
  }

  /// The shape that says this on hover, in the group of this label.
  Element saying(String group, String tip) {
    return all("title").stream()
        .filter(t -> t.getTextContent().equals(tip))
        .map(t -> (Element) t.getParentNode())
        .filter(e -> ((Element) e.getParentNode()).getAttribute("aria-label").equals(group))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no shape of '" + group + "' says '" + tip + "'"));
  }

  /// How much ink is laid on a shape, from 0 (the page) to 1.
  static double ink(Element shape) {
    String opacity = shape.getAttribute("fill-opacity");
    return opacity.isEmpty() ? 1 : Double.parseDouble(opacity);
  }
}
