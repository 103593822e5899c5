# Sourced by build.sh: the benchmark table. Options after "bench" go to the benchmarks (--json for one object on stdout).
step "building the benchmarks" dotnet build test/LeptonStream.Benchmarks -c Release --nologo -v quiet >&2
exec dotnet "$root/artifacts/bin/LeptonStream.Benchmarks/release/LeptonStream.Benchmarks.dll" "$@"
