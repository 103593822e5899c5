using System.Xml.Linq;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Helm;

public sealed class ChartLintTests
{
    [Test]
    public async Task Lint_Defaults_PassesStrictly()
    {
        var linted = await Chart.Helm("lint", "--strict", Chart.Folder);

        Assert.That(linted.ExitCode, Is.Zero, linted.Everything);
    }

    [TestCaseSource(typeof(Chart), nameof(Chart.ValueSets))]
    public async Task Lint_ValueSet_PassesStrictly(string set)
    {
        var linted = await Chart.Helm("lint", "--strict", Chart.Folder, "--values", Chart.ValuesFile(set));

        Assert.That(linted.ExitCode, Is.Zero, linted.Everything);
        Assert.That(linted.Everything, Does.Not.Contain("[WARNING]"));
    }

    [Test]
    public void AppVersion_OfTheChart_IsTheProgramsVersion()
    {
        var version = XDocument.Load(Path.Combine(SharedFolder.RepositoryRoot, "Directory.Build.props")).Descendants("Version")
            .Single().Value;

        Assert.That(Yaml.ReadFile(Path.Combine(Chart.Folder, "Chart.yaml")).Text("appVersion"), Is.EqualTo(version));
    }
}
