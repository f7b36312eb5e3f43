package dev.backlight.autodiff;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One node of a tape as Flight Recorder sees it; made only by plays that were asked to measure.
@Name("dev.backlight.Node")
@Label("Tape Node")
@Description("One op of a tape in one play")
@Category("Backlight")
@StackTrace(false)
final class NodeEvent extends Event {
  @Label("Op")
  String op = "";

  @Label("Source Line")
  String where = "";

  @Label("Derivative Of")
  String behind = "";

  @Label("FLOPs")
  long flops;

  @Label("Bytes Read and Written")
  @DataAmount
  long bytes;

  /// Ends the event of a node.
  void end(Node node, long flops, long bytes) {
    end();
    if (shouldCommit()) {
      op = node.op().name();
      where = node.where();
      behind = node.behind() == null ? "" : node.behind();
      this.flops = flops;
      this.bytes = bytes;
      commit();
    }
  }
}
