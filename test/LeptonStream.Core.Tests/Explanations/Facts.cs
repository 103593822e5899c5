using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Explanations;

/// <summary>Facts of an ordinary alert, for tests to change.</summary>
internal static class Facts
{
    public static readonly Timestamp Onset = Timestamp.FromUnixMilliseconds(1_790_000_000_000);

    public static AlertFacts Of(
        string metric = "ttft_p99_ms",
        double value = 56,
        double expected = 50,
        string detector = "forecast-residual",
        AlertChange change = AlertChange.Opened,
        double halfWidth = double.NaN,
        double score = 2)
    {
        var key = new SeriesKey("vllm-chat", metric, LabelSet.Of(("job", "x")));
        var policy = PolicySet.Default.For(key);
        return new(key, AlertSeverity.Warning, change, detector, new(Onset + TimeSpan.FromMinutes(2),
            value), expected, expected - halfWidth, expected + halfWidth,
            Onset, score, policy.Unit, null)
        {
            Policy = policy,
            History = TimeSpan.FromDays(30),
            Leading = detector,
        };
    }

    /// <summary>Every text of an alert in both languages.</summary>
    public static string AllTexts(AlertFacts facts)
    {
        var (english, chinese) = (EnglishText.Explain(facts), ChineseText.Explain(facts));
        return string.Join('\n', [english.Summary, english.Description, .. english.Actions, chinese.Summary, chinese.Description,
            .. chinese.Actions]);
    }
}
