using System.Reflection;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The settings that the program really has: the properties of its options types.</summary>
internal static class ProgramSettings
{
    private static readonly HashSet<string> Known =
        [.. from file in Directory.EnumerateFiles(AppContext.BaseDirectory, "LeptonStream.*.dll").Append(typeof(Program).Assembly.Location)
            where !Path.GetFileName(file).Contains("Test", StringComparison.Ordinal)
            from type in Assembly.LoadFrom(file).GetTypes()
            where type.Name.EndsWith("Options", StringComparison.Ordinal)
            from property in type.GetProperties()
            where property.CanWrite
            select $"{type.Name[..^"Options".Length]}:{property.Name}"];

    /// <param name="setting">As the program names it: <c>Kafka:BootstrapServers</c>.</param>
    public static bool Has(string setting) => Known.Contains(setting);

    /// <param name="variable">An environment variable: <c>LEPTON_Kafka__BootstrapServers</c>.</param>
    public static bool HasVariable(string variable) => Has(variable["LEPTON_".Length..].Replace("__", ":", StringComparison.Ordinal));
}
