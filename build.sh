#!/usr/bin/env bash
# The one entry of this repository.
#
#   ./build.sh build            the program, at artifacts/lepton/lepton
#   ./build.sh install [FOLDER] the program on the PATH: a link in ~/.local/bin, or in FOLDER
#   ./build.sh demo [options]   a simulated AI fleet with faults, through the whole pipeline (lepton demo --help)
#   ./build.sh test [options]   every test that this machine can run (options go to dotnet test)
#   ./build.sh test --slow      those of accuracy, which are left out above: minutes, with the figures they measure
#   ./build.sh bench [options]  the benchmark table (--json); how well entities and series are judged, beside baselines (--accuracy)
#
# Whatever is missing on a fresh machine with the .NET SDK and a Debian-like base is installed on the way.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"; cd "$root"
. eng/lib.sh
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
lepton="$root/artifacts/lepton/lepton" edge="$root/artifacts/lepton/lepton-edge"

# Each is made again only when a source is newer than it.
is_new() { [ -x "$1" ] && [ -z "$(find src Directory.*.props global.json -newer "$1" -type f -print -quit)" ]; }

build() {
  need dotnet "Install the .NET 10 SDK (https://dot.net)"
  if is_new "$lepton"; then
    say "program: artifacts/lepton/lepton is up to date"
  else
    # An edge of other sources would be another program.
    rm -f "$edge"
    step "building the program" dotnet publish src/LeptonStream.Cli/LeptonStream.Cli.csproj -c Release -o artifacts/lepton --nologo -v quiet
    touch "$lepton"
    say "program: artifacts/lepton/lepton"
  fi
}

# The edge once more, compiled ahead of time in two minutes: less than half as much memory. Where it can't be, `lepton edge` is the program.
native_edge() {
  local rid
  case "$(uname -s)-$(uname -m)" in Linux-x86_64) rid=linux-x64 ;; Linux-aarch64) rid=linux-arm64 ;; *) return 0 ;; esac
  ! is_new "$edge" || return 0
  command -v gcc >/dev/null || { ! command -v apt-get >/dev/null || debian gcc libc6-dev; }
  command -v gcc >/dev/null || { say "no native edge: a C compiler is missing (gcc), so lepton edge takes more memory"; return 0; }
  step "compiling the edge" dotnet publish src/LeptonStream.Cli/LeptonStream.Cli.csproj -c Release -r $rid -p:NativeEdge=true \
    -o artifacts/native-edge --nologo -v quiet || { say "no native edge: lepton edge takes more memory"; return 0; }
  cp artifacts/native-edge/lepton "$edge"
  # It has its libraries beside it, where the other finds them in folders for each kind of machine.
  for library in artifacts/lepton/runtimes/$rid/native/*librdkafka.so; do ln -sf "${library#artifacts/lepton/}" artifacts/lepton/; done
}

hint() {
  command -v lepton >/dev/null || say "not on the PATH yet: ./build.sh install links it into ~/.local/bin, or type $lepton"
}

install() {
  local folder="${1:-$HOME/.local/bin}"
  case "$folder" in -*) echo "build.sh: install takes a folder, not '$folder'" >&2; exit 2 ;; esac
  is_new "$lepton" && is_new "$edge" || say "this builds the program and compiles the edge for this machine: 3 to 7 minutes"
  build
  mkdir -p "$folder"
  ln -sf "$lepton" "$folder/lepton"
  native_edge
  case ":$PATH:" in *":$folder:"*) ;; *) say "put it on the PATH: export PATH=\"$folder:\$PATH\"" ;; esac
  say "installed: $folder/lepton (try: lepton demo)"
}

verb="${1:-help}"; [ $# -gt 0 ] && shift
case "$verb" in
  build) build; native_edge; hint ;;
  install) install "$@" ;;
  demo)  build >&2; exec "$lepton" demo "$@" ;;
  test)  build; native_edge; . eng/test.sh ;;
  bench) build >&2; . eng/bench.sh ;;
  help|-h|--help) sed -n '2,11p' "${BASH_SOURCE[0]}" | cut -c3- ;;
  *) echo "build.sh: unknown verb '$verb' (build, install, demo, test, bench)" >&2; exit 2 ;;
esac
