using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Collector;
using LeptonStream.Health;

namespace LeptonStream.Cli.Roles;

/// <summary><c>lepton collector</c>.</summary>
internal static class CollectorCommand
{
    public static Command Create()
    {
        var command = new Command(RoleNames.Collector,
            "Role: take metrics as programs send or show them (OTLP, Prometheus, Influx and others) and write them to the metrics topic")
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix", "Collector:ConfigFile", "Collector:HttpUrl", "Collector:GrpcUrl",
                "Collector:GroupId", "Health:Port")
            .WithExamples(
                ("lepton collector --http http://0.0.0.0:4318 --grpc http://0.0.0.0:4317",
                    "OTLP, Prometheus' remote write, Influx lines and native JSON from everybody who reaches this machine"),
                ("lepton collector --collector-config collector.yaml",
                    "with source topics, addresses to scrape and rules for labels as well"));
        command.SetAction((parsed, stop) =>
            RoleRunner.Run(parsed, RoleNames.Collector, (services, configuration) => services.AddCollector(configuration),
                hasJournal: false, stop));
        return command;
    }
}
