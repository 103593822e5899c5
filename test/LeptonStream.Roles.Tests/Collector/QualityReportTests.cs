using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>The quality of what a source sends is a series of its model.</summary>
public sealed class QualityReportTests
{
    [Test]
    public async Task Round_ASourceThatSendsEverySoOften_WritesItsScoresAsSeriesOfTheModel()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_795_981_000));
        using var rig = new CollectorRig().Start(time);
        var scores = new List<JsonNode>();
        for (var i = 0; i < 60 && scores.Count < 2; i++)
        {
            var message = $$$"""{"model":"m","ts":{{{time.GetUtcNow().ToUnixTimeSeconds()}}},"labels":{"host":"a"},"metrics":{"x":1}}""";
            using var answer = await rig.Post("/v1/samples", Encoding.UTF8.GetBytes(message), "application/json");
            Assert.That(answer.IsSuccessStatusCode, Is.True);
            time.Advance(TimeSpan.FromSeconds(10));
            // The loop of the role passes by four times a second.
            await Task.Delay(50);
            scores = [.. rig.Values().Where(text => text.Contains("lepton.quality.score", StringComparison.Ordinal))
                .Select(text => JsonNode.Parse(text)!)];
        }

        Assert.That(scores, Has.Count.GreaterThanOrEqualTo(2));
        var newest = scores[^1];
        Assert.That((string?)newest["model"], Is.EqualTo("m"));
        Assert.That((string?)newest["labels"]!["source"], Is.EqualTo("/v1/samples"));
        Assert.That((double)newest["metrics"]!["lepton.quality.score"]!, Is.InRange(50, 100));
        Assert.That(newest["metrics"]!.AsObject().Select(part => part.Key), Has.Member("lepton.quality.completeness"));
    }
}
