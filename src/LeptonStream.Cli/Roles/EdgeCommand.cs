using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Collector.Edge;
using LeptonStream.Health;

namespace LeptonStream.Cli.Roles;

/// <summary><c>lepton edge</c>.</summary>
internal static class EdgeCommand
{
    public static Command Create()
    {
        var command = new Command(RoleNames.Edge,
            "Role: take and judge the metrics of one GPU host, keep them on disk, and send them when a broker can be reached")
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix", "Collector:ConfigFile", "Collector:HttpUrl", "Edge:SpoolPath",
                "Edge:AlertFile", "Edge:AlertWebhook", "Edge:PoliciesFile", "Health:Port")
            .WithExamples(
                ("lepton edge --collector-config edge.yaml --spool /var/lib/lepton",
                    "scrape the exporters of this host; samples wait in the spool while there is no broker"),
                ("lepton edge --collector-config edge.yaml --alert-file /var/log/lepton-alerts.jsonl --alert-webhook http://10.0.0.5/hook",
                    "with alerts of this host, which need no broker"));
        command.SetAction((parsed, stop) =>
        {
            if (!SmallRuntime.IsEntered) SmallRuntime.Enter(EdgeRegistration.CanBeNative(LeptonSettings.Load(parsed).Configuration));
            return RoleRunner.Run(parsed, RoleNames.Edge, (services, configuration) => services.AddEdge(configuration), hasJournal: false,
                stop);
        });
        return command;
    }
}
