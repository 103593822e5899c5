using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Health;
using LeptonStream.Notifier;

namespace LeptonStream.Cli.Roles;

/// <summary><c>lepton notifier</c>.</summary>
internal static class NotifierCommand
{
    public static Command Create()
    {
        var command = new Command(RoleNames.Notifier,
            "Role: record alert events in the journal, group and route them, and deliver the notifications")
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix", "Storage:ConnectionString", "Notifier:GroupId",
                "Notifier:RoutingFile", "Notifier:WebhookUrl", "Notifier:AllowedTargets", "Health:Port")
            .WithExamples(
                ("lepton notifier --webhook https://hooks.example.com/alerts",
                    "every alert to the console and to one webhook (Alertmanager's payload), journal in lepton.db"),
                ("lepton notifier --routing routing.yaml --storage 'Host=db;Database=lepton;Username=lepton'",
                    "routes and receivers in Alertmanager's words, journal in PostgreSQL"));
        command.SetAction((parsed, stop) =>
            RoleRunner.Run(parsed, RoleNames.Notifier, (services, configuration) => services.AddNotifier(configuration),
                hasJournal: true, stop));
        return command;
    }
}
