using LeptonStream.Testing;
using LeptonStream.Testing.Kubernetes;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The chart of this repository, and what Helm makes of it.</summary>
internal static class Chart
{
    public const string Release = "r";

    public static string Folder { get; } = Path.Combine(SharedFolder.RepositoryRoot, "helm", "leptonstream");

    /// <summary>The sets of values that the chart is tried with, by name; the empty name means its defaults.</summary>
    public static IEnumerable<string> ValueSets =>
        Directory.EnumerateFiles(Path.Combine(Folder, "ci"), "*-values.yaml").Order(StringComparer.Ordinal)
            .Select(path => Path.GetFileName(path)[..^"-values.yaml".Length]);

    public static string ValuesFile(string set) => Path.Combine(Folder, "ci", $"{set}-values.yaml");

    /// <param name="set">One of <see cref="ValueSets"/>.</param>
    /// <param name="overrides">Values on top, as <c>--set-json</c> takes them: <c>detector.replicaCount=3</c>.</param>
    public static async Task<RenderedChart> Render(string set, params string[] overrides)
    {
        var rendered = await Template(set, overrides);
        Assert.That(rendered.ExitCode, Is.Zero, rendered.Everything);
        return RenderedChart.Parse(rendered.Output);
    }

    /// <summary>Like <see cref="Render"/>, for values that are to be refused.</summary>
    public static Task<ProgramResult> Template(string set, params string[] overrides) =>
        Helm(["template", Release, Folder, "--kube-version", HelmProgram.KubernetesVersion, "--values", ValuesFile(set),
            .. Overrides(overrides)]);

    public static async Task<ProgramResult> Helm(params string[] arguments) => await (await HelmProgram.Find()).Run(arguments);

    public static IEnumerable<string> Overrides(IEnumerable<string> overrides) =>
        overrides.SelectMany(value => new[] { "--set-json", value });
}
