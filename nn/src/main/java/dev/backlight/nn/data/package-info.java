/// What models learn from: tables read from files, and examples made of them.
///
/// ```java
/// Table table = Csv.read(Path.of("iris.csv"));
/// Dataset iris = Dataset.of(table, "species");
/// Dataset.Split parts = iris.split(0.2, Key.of(7));     // the same part of each class is held out
/// ```
///
/// Bad data are never repaired in silence: a missing column, a ragged row, text among numbers, an
/// empty cell, a NaN or a class that a model has not seen is a
/// [DataException][dev.backlight.nn.data.DataException] of one line that says where.
package dev.backlight.nn.data;
