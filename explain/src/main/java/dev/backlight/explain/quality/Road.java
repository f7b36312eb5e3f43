package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Regions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Remove and debias (ROAD): how much more of the answer is left when the pixels with the lowest
/// scores are removed than when those with the highest are, as the mean over shares of removed
/// pixels.
///
/// Y. Rong et al., "A consistent and efficient evaluation strategy for attribution methods" (2022).
/// Removed pixels are imputed from their neighbours, plus noise, so that the shape of a hole tells
/// the model nothing ([Replacement#imputed]). Higher is better, in the units of the answer, which
/// have no end; draws have 0 on average. The paper compares accuracies; this compares answers, so
/// that every example has a number. A pixel that its neighbours tell is not missed, whatever it
/// contributed.
///
/// @param imputation what stands in the place of a pixel
/// @param shares how many shares of the pixels are asked, evenly spread between none and all
public record Road(Replacement imputation, int shares) implements Metric {
  public Road {
    Draws.require(shares);
  }

  /// Of pictures of height × width, with the paper's noise, at nine shares: 10 % to 90 %.
  public static Road of(int height, int width) {
    return new Road(Replacement.imputed(height, width, 0.01), 9);
  }

  @Override
  public String name() {
    return "road";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("imputation", imputation.toString());
    all.put("shares", shares);
    return all;
  }

  @Override
  public Family family() {
    return Family.FAITHFULNESS;
  }

  @Override
  public Scale scale() {
    return Scale.higher(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    RemovalPath path = new RemovalPath(explained, Regions.each(), imputation, false, key);
    int[] counts = new int[shares];
    Arrays.setAll(counts, k -> (int) Math.round((k + 1.0) / (shares + 1) * path.regions()));
    double[][] most = path.answers(counts, false);
    double[][] least = path.answers(counts, true);
    double[] result = new double[explained.examples()];
    for (int k = 0; k < shares; k++) {
      for (int i = 0; i < result.length; i++) {
        result[i] += (least[k][i] - most[k][i]) / shares;
      }
    }
    return result;
  }
}
