#!/usr/bin/env bash
# Builds and runs four projects of "somebody else's", each depending on just one of our modules, on the class
# path and on the module path, and checks that nothing but fastutil-core came along.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(dirname "$here")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A repository of its own, so that nothing stays on this machine. What was downloaded before is linked in, where
# there is something; a fresh machine downloads it.
cached=${MAVEN_REPO:-$HOME/.m2/repository}
mkdir "$scratch/repo"
if [ -d "$cached" ]; then
  cp -al "$cached/." "$scratch/repo/" 2>/dev/null || cp -a "$cached/." "$scratch/repo/"
  rm -rf "$scratch/repo/dev/backlight"
fi
mvn=(mvn -q -B -Dmaven.repo.local="$scratch/repo")

echo "consumers: installing the modules to a scratch repository"
(cd "$root" && "${mvn[@]}" -Dmaven.test.skip -Denforcer.skip -pl bom,core,autodiff,nn,explain -am install)

echo "consumers: compiling the four projects"
for part in pom.xml core autodiff nn explain; do
  cp -r "$here/$part" "$scratch/$part"
done
(cd "$scratch" && "${mvn[@]}" compile)

# The JDK 25 that the command found is the one whose java runs the programs.
java=$("$root/backlight" --java)

for module in core autodiff nn explain; do
  path=$(cat "$scratch/$module/target/path.txt")

  # Nothing came along but our own modules and fastutil-core.
  for jar in ${path//:/ }; do
    case $(basename "$jar") in
      backlight-*.jar | fastutil-core-*.jar) ;;
      *)
        echo "consumers: $module needs to bring nothing but fastutil-core, got $jar" >&2
        exit 1
        ;;
    esac
  done

  classes=$scratch/$module/target/classes
  # Class path, vector kernels.
  "$java" --add-modules jdk.incubator.vector -cp "$classes:$path" com.example.uses.Main \
    >"$scratch/vector.txt" 2>"$scratch/vector.err" || { cat "$scratch/vector.err" >&2; exit 1; }
  # Class path without the flag: the scalar kernels, with one warning that names it.
  "$java" -cp "$classes:$path" com.example.uses.Main \
    >"$scratch/scalar.txt" 2>"$scratch/scalar.err" || { cat "$scratch/scalar.err" >&2; exit 1; }
  warnings=$(grep -c -- '--add-modules jdk.incubator.vector' "$scratch/scalar.err" || true)
  if [ "$warnings" != 1 ]; then
    echo "consumers: $module without the flag needs one warning that names it, got $warnings:" >&2
    cat "$scratch/scalar.err" >&2
    exit 1
  fi
  # Module path.
  "$java" --add-modules jdk.incubator.vector --module-path "$classes:$path" \
    -m com.example.uses/com.example.uses.Main >"$scratch/module.txt" 2>"$scratch/module.err" \
    || { cat "$scratch/module.err" >&2; exit 1; }
  printf 'consumers: %-8s class path, class path without SIMD, module path: right; came along: %s\n' "$module" \
    "$(for jar in ${path//:/ }; do basename "$jar" | sed 's/-[0-9].*//'; done | sort | tr '\n' ' ')"
done
