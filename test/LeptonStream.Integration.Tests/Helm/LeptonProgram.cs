using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The real program, asked whether it would start this way.</summary>
internal static class LeptonProgram
{
    private const string Unknown = "Kafka:NoSuchSetting";

    /// <summary>
    /// What the program objects to: command, flags, settings file, variables. Nothing is started, for one setting more is wrong on
    /// purpose, and the program names all wrong settings before it begins.
    /// </summary>
    public static async Task<string[]> Objections(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "lepton.dll");
        var refused = await ExternalProgram.Run("dotnet", [program, .. arguments, "--set", $"{Unknown}=1"], environment);
        var lines = refused.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(refused.ExitCode, Is.EqualTo(2), refused.Everything);
        Assert.That(lines, Has.Some.Contains(Unknown), "it got as far as looking at settings");
        return [.. lines.Where(line => !line.Contains(Unknown, StringComparison.Ordinal))];
    }
}
