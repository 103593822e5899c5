using LeptonStream.Benchmarks;

// Ratios from one run on one machine: what is compared runs beside what it is compared with. --json prints one object, --quick is a rehearsal.
var json = args.Contains("--json");
var quick = args.Contains("--quick");
if (args.FirstOrDefault(a => a is not ("--json" or "--quick")) is { } unknown)
{
    Console.Error.WriteLine($"unknown option '{unknown}' (--json, --quick)");
    return 2;
}

var report = new Report(json);
PipelineBenchmark.Run(report, quick);
await ForestBenchmark.Run(report, quick);
await WorkerBenchmark.Run(report, quick);
report.Print();
return 0;
