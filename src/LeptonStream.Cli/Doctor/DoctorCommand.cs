using System.CommandLine;
using System.Text.Json;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Kafka;
using LeptonStream.Notifier;
using LeptonStream.Storage;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.Doctor;

/// <summary><c>lepton doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output: findings, and whether all is sound" };
        var command = new Command("doctor",
            "Say which versions are in use, what can be reached, and what is wrong. Changes nothing; exit code 1 if something is wrong")
            { json }
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix", "Storage:ConnectionString", "Notifier:RoutingFile")
            .WithExamples(
                ("lepton doctor", "with the settings that the roles would have here"),
                ("lepton doctor --bootstrap-servers kafka:9092 --storage 'Host=db;Database=lepton;Username=lepton' --json",
                    "for a script"));
        command.SetAction(async (parsed, stop) =>
        {
            var settings = LeptonSettings.Load(parsed);
            settings.Check(services => services.AddKafka(settings.Configuration).AddStorage(settings.Configuration));
            var kafka = settings.Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new();
            var storage = settings.Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new();
            var notifier = settings.Configuration.GetSection(NotifierOptions.Section).Get<NotifierOptions>() ?? new();
            var findings = await new Diagnostics(kafka, storage, notifier).Run(stop);
            if (parsed.GetValue(json)) WriteJson(findings);
            else WriteText(findings);
            return findings.All(finding => finding.Problem is null) ? ExitCode.Sound : ExitCode.Failed;
        });
        return command;
    }

    private static void WriteText(IReadOnlyList<Finding> findings)
    {
        var width = findings.Max(finding => finding.Name.Length);
        foreach (var finding in findings)
            Console.Out.WriteLine($"{MarkOf(finding)}  {finding.Name.PadRight(width)}  {finding.Value}");
        var problems = findings.Select(finding => finding.Problem).OfType<string>().ToArray();
        Console.Out.WriteLine(problems.Length == 0
            ? findings.Any(finding => finding.IsMissing) ? "\nNothing is wrong, and not every role runs yet." : "\nAll is well."
            : $"\n{problems.Length} thing{(problems.Length == 1 ? " is" : "s are")} wrong:");
        foreach (var problem in problems) Console.Out.WriteLine($"  - {problem}");
        var advice = findings.Select(finding => finding.Advice).OfType<string>().ToArray();
        if (advice.Length > 0) Console.Out.WriteLine("\nTo consider:");
        foreach (var line in advice) Console.Out.WriteLine($"  - {line}");
    }

    private static string MarkOf(Finding finding) => finding switch
    {
        { Problem: not null } => "WRONG",
        { IsMissing: true } => "none ",
        { Advice: not null } => "warn ",
        _ => "ok   ",
    };

    private static void WriteJson(IReadOnlyList<Finding> findings)
    {
        using (var output = Console.OpenStandardOutput())
        using (var writer = new Utf8JsonWriter(output, new() { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("sound", findings.All(finding => finding.Problem is null));
            writer.WriteStartArray("findings");
            foreach (var finding in findings)
            {
                writer.WriteStartObject();
                writer.WriteString("name", finding.Name);
                writer.WriteString("value", finding.Value);
                writer.WriteString("problem", finding.Problem);
                writer.WriteString("advice", finding.Advice);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        Console.Out.WriteLine();
    }
}
