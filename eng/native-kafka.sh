#!/usr/bin/env bash
# Makes the native Kafka client available to the restore.
#
# Where the package registry carries librdkafka.redist (nuget.org does), nothing is done: Confluent.Kafka brings it along.
# Where it doesn't, librdkafka is built once from source and packed as librdkafka.redist into artifacts/feed, which
# Directory.Build.props then adds to the restore. The packed feed is kept in the user's cache for further checkouts.
#
#   eng/native-kafka.sh        LEPTON_NATIVE_KAFKA=registry|source forces one of the two ways
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/eng/lib.sh"

client_version=2.15.1                 # of Confluent.Kafka, and of the library it wants
package_version=2.15.1.1              # ours: never mistaken for the registry's own package
source_package=@confluentinc/kafka-javascript@1.10.1
feed="$root/artifacts/feed"
package="$feed/librdkafka.redist.$package_version.nupkg"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/leptonstream/feed"
verdict="$root/artifacts/native-kafka"

said() { say "native Kafka library: $1"; echo "$1" >"$verdict"; exit 0; }

mkdir -p "$root/artifacts"
[ -f "$package" ] && said "librdkafka $client_version built from source (artifacts/feed)"
[ -f "$verdict" ] && [ "${LEPTON_NATIVE_KAFKA:-}" != source ] && grep -q registry "$verdict" && said "$(cat "$verdict")"

# Ask the registry with the ordinary client, in a project of its own.
if [ "${LEPTON_NATIVE_KAFKA:-}" != source ]; then
  probe="$(mktemp -d)"; trap 'rm -rf "$probe"' EXIT
  cp "$root/nuget.config" "$probe/"
  cat >"$probe/probe.csproj" <<X
<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
<ItemGroup><PackageReference Include="librdkafka.redist" Version="[$client_version]" /></ItemGroup></Project>
X
  if dotnet restore "$probe/probe.csproj" >"$probe/log" 2>&1; then said "librdkafka.redist $client_version from the package registry"; fi
  [ "${LEPTON_NATIVE_KAFKA:-}" = registry ] && { cat "$probe/log" >&2; fail "the registry has no librdkafka.redist $client_version"; }
  # Not there, or not to be had just now: either way the library is built, which says so if the network is the trouble.
  grep -qE 'NU110[1-3]' "$probe/log" || say "librdkafka.redist could not be restored: $(grep -m1 -oE 'error .*' "$probe/log" | cut -c1-160)"
fi

if [ -f "$cache/$(basename "$package")" ]; then
  mkdir -p "$feed"; cp "$cache/$(basename "$package")" "$package"
  said "librdkafka $client_version built from source (from the cache $cache)"
fi

say "no librdkafka.redist $client_version from the package registry: building it from source (about a minute)"
debian build-essential libssl-dev zlib1g-dev libzstd-dev libcurl4-openssl-dev
command -v npm >/dev/null || debian npm
need npm "It fetches the sources of librdkafka"
work="$root/artifacts/librdkafka"; rm -rf "$work"; mkdir -p "$work"
( cd "$work"
  step "fetching the sources"    npm pack --silent "$source_package"
  step "unpacking"               tar -xzf ./*.tgz package/deps/librdkafka
  cd package/deps/librdkafka
  step "configuring"             ./configure --disable-gssapi
  step "compiling"               make -j"$(nproc)" libs )
mkdir -p "$work/pack"
cp "$work/package/deps/librdkafka/src/librdkafka.so.1" "$work/pack/librdkafka.so"
strip --strip-unneeded "$work/pack/librdkafka.so"
cp "$root/eng/librdkafka.redist.proj" "$work/pack/librdkafka.redist.csproj"
printf '<Project/>' | tee "$work/pack/Directory.Build.props" >"$work/pack/Directory.Packages.props"
step "packing" dotnet pack "$work/pack/librdkafka.redist.csproj" -p:PackageVersion="$package_version" -o "$feed.new" --nologo -v quiet
mkdir -p "$cache" "$feed"
cp "$feed.new"/*.nupkg "$cache/"; mv "$feed.new"/*.nupkg "$feed/"; rm -rf "$feed.new" "$work"
said "librdkafka $client_version built from source (artifacts/feed)"
