package dev.backlight.nn.data;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Images in folders: the folders within one folder are the classes, by alphabet, and the files in
/// each are its images, by name. Hidden files are passed over; any other must be an image in a
/// format that Java reads (PNG, JPEG, GIF, BMP).
///
/// The folders are listed at once; files are read when asked for, all of them by [#images()] or
/// some by [#read], as [Batches] does. Reading needs the module `java.desktop`.
///
/// @param files the images
/// @param labels the class of each
/// @param classes the names of the folders
/// @param height of all images, or 0 for that of the first
/// @param width of all images, or 0 for that of the first
/// @param grey whether there is one channel, rather than red, green and blue
public record ImageFolder(
    List<Path> files,
    List<Integer> labels,
    List<String> classes,
    int height,
    int width,
    boolean grey)
    implements Batches.Source {
  public ImageFolder {
    files = List.copyOf(files);
    labels = List.copyOf(labels);
    classes = List.copyOf(classes);
  }

  /// The images in the folders of this folder, in colour; all need the size of the first.
  public static ImageFolder of(Path folder) {
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> classes = new ArrayList<>();
    for (Path group : list(folder, Files::isDirectory)) {
      List<Path> images = list(group, path -> !Files.isDirectory(path));
      if (images.isEmpty()) {
        throw new DataException(group + ": images are needed, got none");
      }
      for (Path image : images) {
        files.add(image);
        labels.add(classes.size());
      }
      classes.add(String.valueOf(group.getFileName()));
    }
    if (classes.isEmpty()) {
      throw new DataException(folder + ": a folder for each class is needed, got none");
    }
    return new ImageFolder(files, labels, classes, 0, 0, false);
  }

  private static List<Path> list(Path folder, Predicate<Path> wanted) {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside
          .filter(path -> !String.valueOf(path.getFileName()).startsWith("."))
          .filter(wanted)
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(folder + ": a folder that can be listed is needed, got " + e, e);
    }
  }

  /// Brought to this size, each pixel being the mean of what it covers; a shape that differs is
  /// stretched.
  public ImageFolder size(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "images need a height and a width of at least 1, got " + height + " and " + width);
    }
    return new ImageFolder(files, labels, classes, height, width, grey);
  }

  /// In one channel, `0.299 red + 0.587 green + 0.114 blue`.
  public ImageFolder inGrey() {
    return new ImageFolder(files, labels, classes, height, width, true);
  }

  /// The images at these places, in this order.
  public ImageFolder select(int... rows) {
    return new ImageFolder(
        IntStream.of(rows).mapToObj(files::get).toList(),
        IntStream.of(rows).mapToObj(labels::get).toList(),
        classes,
        height,
        width,
        grey);
  }

  /// Part of the images held out for judging, the same part of each class, drawn by the key. Both
  /// parts read their files when asked, as for [Batches].
  public Split split(double fraction, Key key) {
    int[] all = labels.stream().mapToInt(label -> label).toArray();
    Rows rows = Rows.stratified(all, fraction, key);
    return new Split(select(rows.train()), select(rows.held()));
  }

  /// Images to train on and images held out.
  public record Split(ImageFolder train, ImageFolder held) {}

  @Override
  public int rows() {
    return files.size();
  }

  /// The images at these places, as `F32` from 0 to 1, and their labels.
  @Override
  public Batches.Batch read(int... rows) {
    int channels = grey ? 1 : 3;
    int h = height;
    int w = width;
    Block x = null;
    int[] y = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      Path file = files.get(rows[i]);
      ImageFile.Pixels pixels = read(file);
      if (x == null) {
        h = height > 0 ? height : first(file, pixels).height();
        w = width > 0 ? width : first(file, pixels).width();
        x = Block.allocate(Spec.of(Shape.of(rows.length, channels, h, w), DType.F32));
      }
      if (height == 0 && (pixels.height() != h || pixels.width() != w)) {
        throw new DataException(
            "%s: an image of %d by %d pixels is needed, as the first, got %d by %d; say size(h, w)"
                .formatted(file, h, w, pixels.height(), pixels.width()));
      }
      pixels.sized(h, w).write(x.f32(), i * channels * h * w, grey);
      y[i] = labels.get(rows[i]);
    }
    if (x == null) {
      throw new IllegalArgumentException("reading needs at least one row, got none");
    }
    return new Batches.Batch(Tensor.over(x), Tensor.of(y));
  }

  /// The image that says the size of all.
  private ImageFile.Pixels first(Path file, ImageFile.Pixels pixels) {
    return file.equals(files.getFirst()) ? pixels : read(files.getFirst());
  }

  private static ImageFile.Pixels read(Path file) {
    try {
      return ImageFile.read(file);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "reading images needs the module java.desktop, got a program without it; on the module"
              + " path say --add-modules java.desktop",
          e);
    }
  }

  /// All images at once.
  public Images images() {
    Batches.Batch all = read(IntStream.range(0, rows()).toArray());
    return Images.of(all.x(), all.y(), classes);
  }
}
