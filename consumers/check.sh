#!/usr/bin/env bash
# Builds and runs projects of "somebody else's", each depending on just one of our modules: four programs, on the
# class path and on the module path, for which nothing may come along but what that module stands on and
# fastutil-core; and one that tests an op of its own with the test kit.
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
  # Maven writes its notes on downloads in place, which through a link would be the cache's own: they go.
  find "$scratch/repo" \( -name _remote.repositories -o -name resolver-status.properties -o -name '*.lastUpdated' \
    -o -name 'maven-metadata*' \) -delete
  rm -rf "$scratch/repo/dev/backlight"
fi
mvn=(mvn -q -B -Dmaven.repo.local="$scratch/repo")

echo "consumers: installing the modules to a scratch repository"
(cd "$root" && "${mvn[@]}" -Dmaven.test.skip -Denforcer.skip -pl bom,core,autodiff,nn,explain,testkit -am install)

echo "consumers: compiling the five projects"
for part in pom.xml core autodiff nn explain testkit; do
  cp -r "$here/$part" "$scratch/$part"
done
(cd "$scratch" && "${mvn[@]}" compile)

# The JDK 25 that the command found is the one whose java runs the programs.
java=$("$root/backlight" --java)
vector=(--add-modules jdk.incubator.vector)

# Runs a program, and shows what it said if it fails.
run() {
  "$java" "$@" >"$scratch/out.txt" 2>"$scratch/err.txt" || { cat "$scratch/out.txt" "$scratch/err.txt" >&2; exit 1; }
}

# The same without the flag: plain loops, and one warning that names it.
run_plain() {
  run "$@"
  local warnings
  warnings=$(grep -c -- '--add-modules jdk.incubator.vector' "$scratch/err.txt" || true)
  if [ "$warnings" != 1 ]; then
    echo "consumers: without the flag one warning is needed that names it, got $warnings:" >&2
    cat "$scratch/err.txt" >&2
    exit 1
  fi
}

check() {
  local module=$1 path classes came
  shift
  path=$(cat "$scratch/$module/target/path.txt")
  came=$(tr : '\n' <<<"$path" | sed 's|.*/||; s|-[0-9].*||' | sort | tr '\n' ' ')
  if [ "$came" != "$* fastutil-core " ]; then
    echo "consumers: $module needs to bring $* fastutil-core, got $came" >&2
    exit 1
  fi

  # As a module, with the classes that Maven compiled.
  classes=$scratch/$module/target/classes
  local modular=(--module-path "$classes:$path" -m com.example.uses/com.example.uses.Main)
  run "${vector[@]}" "${modular[@]}"
  run_plain "${modular[@]}"

  # Without modules at all.
  classes=$scratch/$module/plain
  "${java}c" -d "$classes" -cp "$path" "$scratch/$module/src/main/java/com/example/uses/Main.java"
  run "${vector[@]}" -cp "$classes:$path" com.example.uses.Main
  run_plain -cp "$classes:$path" com.example.uses.Main
  printf 'consumers: %-8s right on the module path and on the class path, with vectors and without; came along: %s\n' \
    "$module" "$came"
}

check core backlight-core
check autodiff backlight-autodiff backlight-core
check nn backlight-autodiff backlight-core backlight-nn
check explain backlight-autodiff backlight-core backlight-explain

(cd "$scratch" && "${mvn[@]}" -pl testkit test >"$scratch/out.txt" 2>&1) || { cat "$scratch/out.txt" >&2; exit 1; }
tests=$(cat "$scratch"/testkit/target/surefire-reports/TEST-*.xml | grep -c '<testcase ' || true)
if [ "$tests" != 2 ]; then
  echo "consumers: testkit needs 2 properties that ran, got $tests" >&2
  exit 1
fi
printf 'consumers: testkit  an op of its own passed the battery in %s properties\n' "$tests"
