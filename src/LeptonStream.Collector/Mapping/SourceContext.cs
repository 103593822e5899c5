using System.IO.Hashing;
using System.Text;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping;

/// <summary>Where a payload came from.</summary>
/// <param name="Source">
/// The name of the source, as <c>sources</c> of collector.yaml has it: a topic, a path of the intake, a scrape job.
/// </param>
/// <param name="Labels">
/// The labels that the source itself gives to every series: <c>job</c> and <c>instance</c> of a scraped target.
/// </param>
/// <param name="Partition">The partition of a source topic; 0 elsewhere.</param>
public readonly record struct SourceContext(string Source, SourceLabels Labels, int Partition = 0)
{
    /// <summary>A source that gives no labels.</summary>
    public SourceContext(string source)
        : this(source, SourceLabels.None)
    {
    }

    /// <summary>The series of the scraped page that a payload is; null for one that was sent.</summary>
    public PageSeries? Page { get; init; }
}

/// <summary>
/// The labels that a source gives to every series of it. A label of the same name that the payload has wins. To be made once for each
/// target and kept: a series is found by it.
/// </summary>
public sealed class SourceLabels
{
    /// <summary>No labels.</summary>
    public static readonly SourceLabels None = new(LabelSet.Empty);

    /// <summary>Makes them.</summary>
    public SourceLabels(LabelSet labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = labels;
        Hash = labels.Count == 0 ? UInt128.Zero : XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(labels.ToString()));
    }

    /// <summary>The labels.</summary>
    public LabelSet Labels { get; }

    internal UInt128 Hash { get; }
}
