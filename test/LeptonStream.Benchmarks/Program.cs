using LeptonStream.Benchmarks;
using LeptonStream.Benchmarks.Accuracy;
using LeptonStream.Benchmarks.Windows;

// Ratios from one run on one machine: what is compared runs beside what it is compared with. --json prints one object, --quick is a rehearsal;
// --window and --pipeline are these parts alone; --accuracy compares what is found in labelled entities instead of speed.
var json = args.Contains("--json");
var quick = args.Contains("--quick");
if (args.FirstOrDefault(a => a is not ("--json" or "--quick" or "--window" or "--pipeline" or "--accuracy")) is { } unknown)
{
    Console.Error.WriteLine($"unknown option '{unknown}' (--accuracy, --window, --pipeline, --json, --quick)");
    return 2;
}

if (args.Contains("--accuracy")) return AccuracyBenchmark.Run(json);

var report = new Report(json);
var isPart = args.Contains("--window") || args.Contains("--pipeline");
if (!isPart || args.Contains("--window")) WindowBenchmark.Run(report, quick);
if (!isPart || args.Contains("--pipeline")) PipelineBenchmark.Run(report, quick);
if (isPart)
{
    report.Print();
    return 0;
}

await ForestBenchmark.Run(report, quick);
await WorkerBenchmark.Run(report, quick);
report.Print();
return 0;
