namespace LeptonStream.Collector.Scrape;

/// <summary>The forms of a metrics page, by Prometheus' names of them.</summary>
internal static class ScrapeProtocols
{
    private const int Best = 9;

    private static readonly (string Name, string Type)[] All =
    [
        ("OpenMetricsText1.0.0", "application/openmetrics-text;version=1.0.0"),
        ("PrometheusText0.0.4", "text/plain;version=0.0.4"),
        ("PrometheusProto", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"),
    ];

    /// <summary>Their names; the first is asked for first where nothing else is said.</summary>
    public static IEnumerable<string> Names => All.Select(protocol => protocol.Name);

    /// <summary>The header <c>Accept</c>.</summary>
    /// <param name="names">The forms, the best first.</param>
    public static string Accept(IEnumerable<string> names) => string.Join(',',
        names.Select((name, i) => $"{Array.Find(All, one => one.Name == name).Type};q=0.{Math.Max(2, Best - i)}").Append("*/*;q=0.1"));
}
