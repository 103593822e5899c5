using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using LeptonStream.Cli.CommandLine;

namespace LeptonStream.Cli.Info;

/// <summary><c>lepton version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the versions of the program, of .NET and of the system");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine($"lepton {Of(typeof(VersionCommand).Assembly)}");
            Console.Out.WriteLine(
                $".NET {Environment.Version} on {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})");
            Console.Out.WriteLine($"Confluent.Kafka {Of(typeof(ClientConfig).Assembly)}");
            return ExitCode.Sound;
        });
        return command;
    }

    // Without the build's own suffix: "1.2.3", not "1.2.3+0a1b2c…".
    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? assembly.GetName().Version!.ToString(3);
}
