using System.Text.Json;
using LeptonStream.Testing;

namespace LeptonStream.Benchmarks;

/// <summary>AWS's random cut forest, the engine of OpenSearch's anomaly detection, in a Java of its own, one thread.</summary>
internal static class RandomCutForest
{
    /// <summary>Its fastest update of a point of eight numbers (eight metrics, or eight times of one), or why there is none.</summary>
    public static async Task<(double? FastestNs, string Why)> Run(int points)
    {
        if (SharedFolder.Find("peers/rcf/run") is not { } program) return (null, "../shared/peers/rcf/run is missing");
        if (!ExternalProgram.Exists("java")) return (null, "no java");
        var result = await ExternalProgram.Run("bash", [program, $"{points}"], within: TimeSpan.FromMinutes(5));
        if (result.ExitCode != 0) return (null, $"it ended with {result.ExitCode}: {result.Error.TrimEnd().Split('\n')[^1]}");
        var shapes = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);
        return (shapes.Where(s => Number(s, "metrics") * Number(s, "shingle") == 8).Min(s => Number(s, "us_per_update")) * 1e3, "");
    }

    private static double Number(JsonElement shape, string name) => shape.GetProperty(name).GetDouble();
}
