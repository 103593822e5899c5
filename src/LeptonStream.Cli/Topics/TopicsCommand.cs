using System.CommandLine;
using Confluent.Kafka;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Cli.Terminal;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Topics;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Cli.Topics;

/// <summary><c>lepton topics create | check</c>.</summary>
internal static class TopicsCommand
{
    private const int DefaultPartitions = 12;

    public static Command Create() => new("topics", "Create or check the topics of an installation") { CreateTopics(), CheckTopics() };

    private static Command CreateTopics()
    {
        var partitions = new Option<int>("--partitions")
        {
            Description = "Partitions of new topics: the most detectors that can share the work",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultPartitions,
        };
        partitions.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000) result.AddError("--partitions must be 1 to 10000");
        });
        var replication = new Option<short>("--replication-factor")
        {
            Description = "Copies of new topics; -1 takes the broker's default",
            HelpName = "N",
            DefaultValueFactory = _ => -1,
        };
        replication.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<short>() is < -1 or 0 or > 1_000)
                result.AddError("--replication-factor must be 1 or more, or -1 for the broker's default");
        });
        var command = new Command("create", "Create the topics that are missing; those that are there stay as they are")
            { partitions, replication }
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix")
            .WithExamples(
                ("lepton topics create --bootstrap-servers kafka:9092",
                    $"lepton.metrics, .alerts, .state, .feedback and .deadletters with {DefaultPartitions} partitions each, and "
                    + "lepton.status"),
                ("lepton topics create --partitions 48 --replication-factor 3", "for a large installation"));
        command.SetAction((parsed, _) => KafkaTool.Run(parsed, async kafka =>
        {
            using var admin = Admin(kafka);
            var topics = new TopicAdministration(admin, TopicNames.Of(kafka));
            var created = await topics.Create(parsed.GetValue(partitions), parsed.GetValue(replication));
            foreach (var name in created) Console.Out.WriteLine($"created {name}");
            return Report(await topics.Check());
        }));
        return command;
    }

    private static Command CheckTopics()
    {
        var command = new Command("check", "Check the topics: partitions, clean-up, retention, timestamps. Exit code 1 if something is "
            + "wrong")
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix");
        command.SetAction((parsed, _) => KafkaTool.Run(parsed, async kafka =>
        {
            using var admin = Admin(kafka);
            return Report(await new TopicAdministration(admin, TopicNames.Of(kafka)).Check());
        }));
        return command;
    }

    private static IAdminClient Admin(KafkaOptions kafka) =>
        new AdminClientBuilder(ClientSettings.Admin(kafka)).LogTo(NullLogger.Instance).Build();

    private static int Report(IReadOnlyList<TopicReport> reports)
    {
        var table = new TextTable("topic", TextTable.Column.Number("partitions"), "state", "purpose");
        foreach (var report in reports)
            table.Add(report.Name, report.Partitions?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-",
                report.IsSound ? "ok" : "wrong", report.Purpose);
        Console.Out.Write(table);
        if (reports.Any(report => !report.SettingsKnown))
            Console.Error.WriteLine("lepton: the broker does not tell the settings of topics: only their partitions are checked");
        foreach (var problem in reports.SelectMany(report => report.Problems)) Console.Error.WriteLine($"lepton: {problem}");
        return reports.All(report => report.IsSound) ? ExitCode.Sound : ExitCode.Failed;
    }
}
