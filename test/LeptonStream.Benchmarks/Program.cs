using LeptonStream.Benchmarks;
using LeptonStream.Benchmarks.Accuracy;
using LeptonStream.Benchmarks.Windows;

// Ratios from one run on one machine: what is compared runs beside what it is compared with. --json prints one object, --quick is a
// rehearsal; the others are parts alone, of which some are run only when they are asked for; --accuracy compares what is found in labelled
// entities and series instead of speed.
var json = args.Contains("--json");
var quick = args.Contains("--quick");
var report = new Report(json);
(string Name, bool IsAsked, Func<Task> Run)[] parts =
[
    ("--window", false, Part(() => WindowBenchmark.Run(report, quick))),
    ("--numerics", false, Part(() => DriftBenchmark.Run(report, quick))),
    ("--pipeline", false, Part(() => PipelineBenchmark.Run(report, quick))),
    ("--slope", true, Part(() => PipelineBenchmark.Slope(report, quick))),
    ("--memory", false, Part(() => MemoryBenchmark.Run(report, quick, million: false))),
    // Half an hour.
    ("--million", true, Part(() => MemoryBenchmark.Run(report, quick, million: true))),
    ("--formats", false, Part(() => FormatBenchmark.Run(report, quick))),
    ("--collector", false, () => CollectorBenchmark.Run(report, quick)),
    ("--state", false, Part(() => StateBenchmark.Run(report, quick))),
    ("--forest", false, () => ForestBenchmark.Run(report, quick)),
    ("--worker", false, () => WorkerBenchmark.Run(report, quick)),
    ("--restore", true, () => RestoreBenchmark.Run(report, quick)),
    ("--profile", true, () => ProfileBenchmark.Run(report, quick)),
    ("--latency", true, () => LatencyBenchmark.Run(report, quick)),
    ("--peers", true, () => PeerBenchmark.Run(report, quick)),
];
string[] known = [.. parts.Select(part => part.Name), "--json", "--quick", "--accuracy"];
if (args.FirstOrDefault(argument => !known.Contains(argument)) is { } unknown)
{
    Console.Error.WriteLine($"unknown option '{unknown}' ({string.Join(", ", known)})");
    return 2;
}

if (args.Contains("--accuracy")) return AccuracyBenchmark.Run(json);
var isChosen = parts.Any(part => args.Contains(part.Name));
foreach (var part in parts)
    if (isChosen ? args.Contains(part.Name) : !part.IsAsked) await part.Run();
report.Print();
return 0;

static Func<Task> Part(Action run) => () =>
{
    run();
    return Task.CompletedTask;
};
