package dev.backlight.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who may know whom, where modules do not say it already.
class ArchitectureTest {
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.backlight");

  @Test
  void everyModuleIsInSight() {
    assertThat(CODE.containPackage("dev.backlight.core.kernel")).isTrue();
    assertThat(CODE.containPackage("dev.backlight.autodiff")).isTrue();
    assertThat(CODE.containPackage("dev.backlight.nn.train")).isTrue();
    assertThat(CODE.containPackage("dev.backlight.explain.report")).isTrue();
  }

  @Test
  void packagesAreFreeOfCycles() {
    SlicesRuleDefinition.slices()
        .assignedFrom(new ByPackage())
        .should()
        .beFreeOfCycles()
        .check(CODE);
  }

  @Test
  void explanationsWorkOnAnyFunctionSoTheyKnowNoLayers() {
    noClasses()
        .that()
        .resideInAPackage("dev.backlight.explain..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.backlight.nn..")
        .check(CODE);
  }

  @Test
  void kernelsAreTheBusinessOfCoreAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.backlight.core..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.backlight.core.kernel..")
        .check(CODE);
  }

  /// A package is a slice. Two pairs are one each: tensors make operations, whose derivatives are
  /// written in tensors; and the command lists its demo, which speaks by the command's terminal.
  private record ByPackage() implements SliceAssignment {
    private static final Map<String, String> TOGETHER =
        Map.of(
            "dev.backlight.core.op",
            "dev.backlight.core",
            "dev.backlight.cli.demo",
            "dev.backlight.cli");

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String name = type.getPackageName();
      return SliceIdentifier.of(TOGETHER.getOrDefault(name, name));
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
