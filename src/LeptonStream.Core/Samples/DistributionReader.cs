using System.Text;
using System.Text.Json;
using LeptonStream.Drift;

namespace LeptonStream.Samples;

/// <summary>
/// Reads one entry of <c>distributions</c>: declared bins, a DDSketch, the centroids of a t-digest, categories or an embedding, which its
/// fields tell apart, and beside it a <c>reference</c> of the same form.
/// </summary>
internal sealed class DistributionReader(FormatLimits limits)
{
    // Differences and squares of such numbers stay finite, and so do sums of such counts.
    private const double MaxValue = 1e100;
    private const double MaxCount = 1e15;

    /// <summary>The fault for people, which names the field, after a refusal.</summary>
    public string? Detail { get; private set; }

    /// <summary>Reads an entry whose value is the reader's token.</summary>
    /// <param name="reader">Stands at its end afterwards.</param>
    /// <param name="sample">Its values; null where it has none.</param>
    /// <param name="reference">Its reference; null where it declares none, or one without values.</param>
    public RejectReason Read(ref Utf8JsonReader reader, out Distribution? sample, out Distribution? reference)
    {
        Detail = null;
        reference = null;
        var reason = Read(ref reader, isReference: false, out sample, out var declared);
        if (reason != RejectReason.None || declared is null || sample is null) return reason;
        if (!declared.IsComparableWith(sample))
            return Refuse(RejectReason.WrongType, "'reference' is of another form than its distribution, or of other dimensions");
        reference = declared;
        return RejectReason.None;
    }

    private RejectReason Read(ref Utf8JsonReader reader, bool isReference, out Distribution? read, out Distribution? declared)
    {
        (read, declared) = (null, null);
        if (reader.TokenType != JsonTokenType.StartObject) return Refuse(RejectReason.WrongType, "a distribution is no JSON object");
        var fields = new DistributionFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = DistributionFields.Find(ref reader);
            reader.Read();
            if (name is null || reader.TokenType == JsonTokenType.Null || (name == DistributionFields.Reference && isReference))
            {
                reader.Skip();
                continue;
            }

            if (!fields.Seen.Add(name)) return Refuse(RejectReason.DuplicateField, $"'{name}' occurs twice in a distribution");
            var reason = name switch
            {
                DistributionFields.Reference => Read(ref reader, isReference: true, out declared, out _),
                DistributionFields.Categories => ReadCategories(ref reader, fields),
                DistributionFields.Projections => ReadProjections(ref reader, fields),
                _ when DistributionFields.IsArray(name) => ReadArray(ref reader, name, fields.ArrayOf(name)),
                _ => ReadNumber(ref reader, name, fields),
            };
            if (reason != RejectReason.None) return reason;
        }

        return fields.TryBuild(out read) is { } fault ? Refuse(fault.Reason, fault.Detail) : RejectReason.None;
    }

    private RejectReason ReadNumber(ref Utf8JsonReader reader, string name, DistributionFields fields)
    {
        var reason = ReadValue(ref reader, name, out var value);
        fields.Numbers[name] = value;
        return reason == RejectReason.None && double.IsInfinity(value) ? OutOfRange(name) : reason;
    }

    private RejectReason ReadArray(ref Utf8JsonReader reader, string name, List<double> values)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return Refuse(RejectReason.WrongType, $"'{name}' is no JSON array");
        var most = name switch
        {
            DistributionFields.Centroid or DistributionFields.Variance => Distribution.MaxDimensions,
            DistributionFields.Bounds => Distribution.MaxCells + 1,
            _ => Distribution.MaxCells,
        };
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (values.Count == most) return Refuse(RejectReason.TooMany, $"'{name}' has more than {most} entries");
            var reason = ReadValue(ref reader, name, out var value);
            if (reason != RejectReason.None) return reason;
            values.Add(value);
        }

        return RejectReason.None;
    }

    private RejectReason ReadCategories(ref Utf8JsonReader reader, DistributionFields fields)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return Refuse(RejectReason.WrongType, "'categories' is no JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (fields.Counts.Count == Distribution.MaxCells)
                return Refuse(RejectReason.TooMany, $"'categories' has more than {Distribution.MaxCells} entries");
            var category = reader.GetString()!;
            if (Encoding.UTF8.GetByteCount(category) > limits.NameBytes || category.Any(char.IsControl))
                return Refuse(RejectReason.InvalidText, $"a category is longer than {limits.NameBytes} bytes or holds a control character");
            reader.Read();
            var reason = ReadValue(ref reader, DistributionFields.Categories, out var count);
            if (reason != RejectReason.None) return reason;
            if (!fields.Counts.TryAdd(category, count)) return Refuse(RejectReason.DuplicateField, "'categories' has a name twice");
        }

        return RejectReason.None;
    }

    private RejectReason ReadProjections(ref Utf8JsonReader reader, DistributionFields fields)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return Refuse(RejectReason.WrongType, "'projections' is no JSON array");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (fields.Projected.Count == Distribution.MaxProjections)
                return Refuse(RejectReason.TooMany, $"'projections' has more than {Distribution.MaxProjections} entries");
            var reason = Read(ref reader, isReference: true, out var projection, out _);
            if (reason != RejectReason.None) return reason;
            if (projection is not Histogram histogram)
                return Refuse(RejectReason.WrongType, "'projections' holds something else than histograms with values");
            fields.Projected.Add(histogram);
        }

        return RejectReason.None;
    }

    // Bounds may be infinite, everything else is finite.
    private RejectReason ReadValue(ref Utf8JsonReader reader, string name, out double value)
    {
        value = 0;
        var isCount = DistributionFields.IsCount(name);
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return reader.TryGetDouble(out value) && Math.Abs(value) <= (isCount ? MaxCount : MaxValue) && !(isCount && value < 0)
                    ? RejectReason.None
                    : OutOfRange(name);
            case JsonTokenType.String when name == DistributionFields.Bounds && NonFiniteWord.TryRead(reader.ValueSpan, out value)
                && !double.IsNaN(value):
                return RejectReason.None;
            default:
                return Refuse(RejectReason.WrongType, $"'{name}' of a distribution holds something else than a number");
        }
    }

    private RejectReason OutOfRange(string name) => Refuse(RejectReason.NumberOutOfRange, DistributionFields.IsCount(name)
        ? $"'{name}' of a distribution is below 0 or above {MaxCount:0e0}"
        : $"'{name}' of a distribution lies beyond {MaxValue:0e0}");

    private RejectReason Refuse(RejectReason reason, string detail)
    {
        Detail = detail;
        return reason;
    }
}
