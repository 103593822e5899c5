using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Detector;
using LeptonStream.Health;

namespace LeptonStream.Cli.Roles;

/// <summary><c>lepton detector</c>.</summary>
internal static class DetectorCommand
{
    public static Command Create()
    {
        var command = new Command(RoleNames.Detector,
            "Role: judge the samples on the metrics topic and publish alert events. "
            + "Run as many as there are partitions, loops counted, at most")
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix", "Detector:GroupId", "Detector:PoliciesFile", "Health:Port")
            .WithExamples(
                ("lepton detector --bootstrap-servers kafka-1:9092,kafka-2:9092",
                    "join the group and work until stopped (Ctrl-C or SIGTERM; exit code 0)"),
                ("lepton detector --config /etc/lepton/appsettings.json --health-port 8081", "settings from a file, probes on port 8081"),
                ("lepton detector --policies detection.yaml",
                    "judge by a file of policies; a change of it is taken up while the detector runs"),
                ("LEPTON_Kafka__BootstrapServers=kafka:9092 lepton detector", "settings from the environment; flags win over them"));
        command.SetAction((parsed, stop) =>
            RoleRunner.Run(parsed, RoleNames.Detector, (services, configuration) => services.AddDetector(configuration),
                hasJournal: false, stop));
        return command;
    }
}
