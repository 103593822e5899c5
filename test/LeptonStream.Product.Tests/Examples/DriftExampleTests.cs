using System.Text;
using System.Text.RegularExpressions;
using LeptonStream.Drift;
using LeptonStream.Samples;
using LeptonStream.Testing;

namespace LeptonStream.Product.Tests.Examples;

/// <summary>The Python of docs/drift.md makes messages that the detector takes, and policies and messages there are sound.</summary>
public sealed partial class DriftExampleTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "drift.md"));

    [Test]
    public async Task Python_OfThePage_MakesAMessageThatIsTaken()
    {
        if (!ExternalProgram.Exists("python3")) Assert.Ignore("needs python3");
        var run = await ExternalProgram.Run("python3", ["-c", $"""
            {Block("python")}
            print(message("ranker", dict(country="de"), age=bins([17, 18, 18.5, 90], [18, 25, 35]), query=embedding([[1, 2], [3, 2]])))
            """]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);

        var batch = Read(run.Output);
        var distributions = batch.DistributionsOf(batch.Entities[0]);
        Assert.That(distributions.Length, Is.EqualTo(2));
        var age = (Histogram)distributions[0].Sample;
        Assert.That((age.Count, age.ShareBelow(18), age.ShareBelow(35)), Is.EqualTo((4.0, 0.5, 0.75)));
        var query = (EmbeddingSummary)distributions[1].Sample;
        Assert.That(query.Count, Is.EqualTo(2));
        Assert.That(query.Centroid.ToArray().Concat(query.Variance.ToArray()), Is.EqualTo((double[])[2, 2, 2, 0]));
    }

    [Test]
    public void Message_OfThePage_IsTaken()
    {
        var batch = Read(Block("json"));
        Assert.That(batch.DistributionsOf(batch.Entities[0]).Length, Is.EqualTo(3));
    }

    private static SampleBatch Read(string message)
    {
        var batch = new SampleBatch();
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddYears(1));
        Assert.That(new NativeJsonFormat(FormatLimits.Default).Read(Encoding.UTF8.GetBytes(message), now, batch, out var detail),
            Is.EqualTo(RejectReason.None), detail);
        return batch;
    }

    private static string Block(string language) =>
        Fence().Matches(Page).First(match => match.Groups[1].Value == language).Groups[2].Value;

    [GeneratedRegex("```([a-z]+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
