using System.Text;
using System.Text.RegularExpressions;
using LeptonStream.Alerts;
using LeptonStream.Notifier.Routing;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier;

/// <summary>The messages and the policies of docs/model-updates.md are sound.</summary>
public sealed partial class ModelUpdateExampleTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "model-updates.md"));

    [Test]
    public void Message_OfThePage_IsADeclaration()
    {
        var batch = new SampleBatch();
        var message = Messages().Match(Page).Groups[1].Value;
        Assert.That(new NativeJsonFormat(FormatLimits.Default).Read(Encoding.UTF8.GetBytes(message),
            Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddYears(1)), batch, out var detail), Is.EqualTo(RejectReason.None), detail);
        Assert.That(batch.Entities[0].IsDeclaration, Is.True);
    }

    [Test]
    public void Actions_OfThePage_StartForAVersionThatIsWorse()
    {
        var routing = RoutingFile.Parse("route: {receiver: ops}\nreceivers: [{name: ops}]\n" + Yaml().Match(Page).Groups[1].Value,
            "routing.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        var labels = LabelSet.Of(("alertname", ModelUpdateNames.AlertName), ("severity", "warning"), ("kind", ModelUpdateNames.Kind),
            ("verdict", ModelUpdateNames.NameOf(UpdateVerdict.Worse)), ("model", "ranker"), ("metric", ModelUpdateNames.Version));
        Assert.That(routing!.Policies.Where(policy => policy.Covers(labels)).Select(policy => policy.Remedy.Action),
            Is.EqualTo((string[])["roll_back"]));
        var other = labels.With(("model", "forecast-eu"));
        Assert.That(routing.Policies.Where(policy => policy.Covers(other)).Select(policy => policy.Remedy.Action),
            Is.EqualTo((string[])["retrain"]));
        Assert.That(routing.Policies.Any(policy => policy.Covers(labels.With(("verdict", "better")))), Is.False);
    }

    [GeneratedRegex("`([{]\"model\": [^`]*\"model_version\"[^`]*)`")]
    private static partial Regex Messages();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
