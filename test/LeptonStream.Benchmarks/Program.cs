using LeptonStream.Benchmarks;
using LeptonStream.Benchmarks.Accuracy;
using LeptonStream.Benchmarks.Windows;

// Ratios from one run on one machine: what is compared runs beside what it is compared with. --json prints one object, --quick is a
// rehearsal; --window, --numerics, --pipeline, --memory, --state and --worker are these parts alone, --million the memory of so many
// series, which takes half an hour; --accuracy compares what is found in labelled entities instead of speed.
var json = args.Contains("--json");
var quick = args.Contains("--quick");
if (args.FirstOrDefault(a => a is not ("--json" or "--quick" or "--window" or "--numerics" or "--pipeline" or "--memory" or "--million"
    or "--state" or "--worker" or "--accuracy")) is { } unknown)
{
    Console.Error.WriteLine(
        $"unknown option '{unknown}' (--accuracy, --window, --numerics, --pipeline, --memory, --million, --state, --worker, --json, "
            + "--quick)");
    return 2;
}

if (args.Contains("--accuracy")) return AccuracyBenchmark.Run(json);

var report = new Report(json);
var isPart = args.Any(a => a is "--window" or "--numerics" or "--pipeline" or "--memory" or "--million" or "--state" or "--worker");
if (IsWanted("--window")) WindowBenchmark.Run(report, quick);
if (IsWanted("--numerics")) DriftBenchmark.Run(report, quick);
if (IsWanted("--pipeline")) PipelineBenchmark.Run(report, quick);
if (IsWanted("--memory") || args.Contains("--million")) MemoryBenchmark.Run(report, quick, args.Contains("--million"));
if (IsWanted("--state")) StateBenchmark.Run(report, quick);
if (args.Contains("--worker")) await WorkerBenchmark.Run(report, quick);
if (isPart)
{
    report.Print();
    return 0;
}

await ForestBenchmark.Run(report, quick);
await WorkerBenchmark.Run(report, quick);
report.Print();
return 0;

bool IsWanted(string part) => !isPart || args.Contains(part);
