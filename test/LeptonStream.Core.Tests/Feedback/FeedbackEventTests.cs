using System.Text.Json.Nodes;
using LeptonStream.Feedback;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Feedback;

public sealed class FeedbackEventTests
{
    [Test]
    public void Read_WhatWasWritten_IsTheSame([Values] Verdict verdict, [Values] bool withdrawn)
    {
        var feedback = new FeedbackEvent
        {
            Id = "f1",
            AlertId = "a1",
            Model = "llama",
            Metric = "loss",
            Labels = LabelSet.Of(("gpu", "3"), ("host", "\"<b>")),
            Verdict = verdict,
            Withdrawn = withdrawn,
            By = "林",
            Note = "load test",
            At = AlertEvents.At(5),
            Partition = 7,
        };

        var read = FeedbackEvent.Read(feedback.Write());

        Assert.That(read! with { Labels = LabelSet.Empty }, Is.EqualTo(feedback with { Labels = LabelSet.Empty }));
        Assert.That(read.Labels, Is.EqualTo(feedback.Labels));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("""{"id":"f","alertId":"a","model":"m","metric":"x","labels":{},"verdict":"maybe","withdrawn":false}""")]
    public void Read_NoVerdict_IsNull(string json) => Assert.That(FeedbackEvent.Read(json), Is.Null);

    // Anyone may write to the topic, and every owner of the partition reads it.
    [TestCase("labels", """{"a":null}""")]
    [TestCase("labels", """{"":"1"}""")]
    [TestCase("alertId", "\"a; rm -r x\"")]
    [TestCase("alertId", "\"\"")]
    [TestCase("id", "null")]
    [TestCase("by", "\"b\\n\"")]
    [TestCase("model", "\"\"")]
    [TestCase("note", null)]
    public void Read_VerdictWithAFieldThatIsNotSound_IsNull(string field, string? value)
    {
        var sound = JsonNode.Parse("""
            {"id":"f","alertId":"a","model":"m","metric":"x","labels":{},"verdict":"true","withdrawn":false,"by":"b","note":"",
              "at":"2026-11-29T13:00:00Z","partition":0}
            """)!;
        Assert.That(FeedbackEvent.Read(sound.ToJsonString()), Is.Not.Null);
        sound[field] = JsonNode.Parse(value ?? $"\"{new string('n', 20_000)}\"");
        Assert.That(FeedbackEvent.Read(sound.ToJsonString()), Is.Null);
    }

    [Test]
    public void Parse_EveryName_IsItsVerdict()
    {
        Assert.That(Verdicts.All, Is.EqualTo(new[] { "false", "true", "normal" }));
        Assert.That(Verdicts.All.Select(name => Verdicts.NameOf(Verdicts.Parse(name)!.Value)), Is.EqualTo(Verdicts.All));
        Assert.That(Verdicts.Parse("False"), Is.Null);
        Assert.That(Verdicts.Parse(null), Is.Null);
    }
}
