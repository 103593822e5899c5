using System.Diagnostics;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Mapping.Store;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// Scrapes one target at its place in each interval: (1) read the page, (2) its points, and <c>up</c> and
/// <c>scrape_duration_seconds</c> beside them, (3) map and write, (4) send. A page that can't be had is <c>up</c> 0, unless its job says it
/// for all its targets (<see cref="JobReach"/>), and its series end; so do those that left the page, and all of them when nobody wants the
/// target any more.
/// </summary>
internal sealed class TargetScraper(
    ScrapeTarget target, PageClient client, JobReach reach, IntakeMapping mapping, IRecordSink sink, MemoryBudget memory,
    CollectorMetrics metrics, TimeProvider time)
{
    private readonly IntakeLane _lane = new();
    private readonly SourceContext _source = new(target.Job.Name, new SourceLabels(target.Labels)) { Page = new PageSeries() };
    private readonly FormatLimits _limits = FormatLimits.Default with
    {
        Bytes = target.Job.BodyLimit,
        DecompressedBytes = target.Job.BodyLimit,
        Points = target.Job.SampleLimit == 0 ? FormatLimits.Default.Points : target.Job.SampleLimit,
    };

    private const long Millisecond = 1_000_000;

    private readonly TimeSpan _phase = PhaseOf(target, time);
    private readonly long _began = time.GetTimestamp();
    private long _place;
    private int _faults;
    private bool _isWhole;

    /// <summary>Reason for which the last scrape failed; null where it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether the target is wanted no more: its series end when scraping stops.</summary>
    public bool IsGone { get; set; }

    /// <summary>Scrapes until it is asked to stop.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            await ScrapeOn(stop);
        }
        catch (OperationCanceledException) when (IsGone)
        {
            _lane.Begin();
            mapping.EndAll(_lane, _source, Now);
            _lane.Write(null);
            metrics.Sent(await sink.Send(_lane.Records, static () => { }));
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds() * Millisecond;

    private async Task ScrapeOn(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(UntilNext(), time, stop);
            // Records that wait for Kafka come first: a page that is not read now is read the next time.
            if (sink.Trouble is not null) continue;
            try
            {
                await Scrape(stop);
            }
            catch (Exception defect) when (defect is not (OutOfMemoryException or OperationCanceledException))
            {
                Trouble = $"{defect.GetType().Name}: {defect.Message}";
            }
        }
    }

    /// <summary>Scrapes once.</summary>
    public async Task Scrape(CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        // :: (1) Read.
        var page = await Read(stop);
        var took = Stopwatch.GetElapsedTime(began);
        var bytes = page?.Bytes.Length ?? 0;
        if (!memory.TryTake(bytes))
        {
            Trouble = "too much waits for Kafka";
            (page, bytes) = (null, 0);
        }

        var isHandedOver = false;
        try
        {
            ConvertOrSayDown(page, took);
            isHandedOver = true;
        }
        finally
        {
            if (!isHandedOver) memory.Release(bytes);
        }

        // :: (4) Send.
        metrics.Sent(await sink.Send(_lane.Records, () => memory.Release(bytes)));
    }

    // Whatever becomes of the page, the target is judged.
    private void ConvertOrSayDown(Page? page, TimeSpan took)
    {
        var now = Now;
        try
        {
            Convert(page, took, now);
            if (_lane.TooMuch is not { } tooMuch) return;
            Trouble = tooMuch;
        }
        catch (Exception defect) when (page is not null && defect is not (OutOfMemoryException or OperationCanceledException))
        {
            Trouble = $"{defect.GetType().Name}: {defect.Message}";
        }

        // Behind the time that the mapping has seen.
        Convert(null, took, now + Millisecond);
    }

    private void Convert(Page? page, TimeSpan took, long now)
    {
        // :: (2) Points.
        var isUp = page is not null && Take(page);
        if (!isUp) _lane.Begin();
        Add("up"u8, isUp ? 1 : 0);
        Add("scrape_duration_seconds"u8, took.TotalSeconds);

        // :: (3) Map and write.
        mapping.Map(_lane, _source, "", now);
        if (!isUp && _lane.Mapped.Messages is [var own, ..]) reach.Model = own.Entity.Model;
        if (!isUp && !reach.Observe(target, isUp: false)) _lane.Mapped.Withhold();
        if (!isUp || _isWhole) mapping.EndMissing(_lane, _source, now, isUp);
        else mapping.Clear(_lane, _source, now);
        _lane.Write(null);
        // A page of too many records counts once, as one that can't be had.
        if (isUp && _lane.TooMuch is not null) return;
        if (isUp) reach.Observe(target, isUp: true);
        metrics.Took(target.Job.Name, _lane, new(isUp ? IntakeOutcome.Written : IntakeOutcome.Refused, 0, Refusals.Count(_lane), Trouble));
        metrics.Scraped(target.Job.Name, isUp, took);
    }

    private async Task<Page?> Read(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(target.Job.Timeout);
        try
        {
            return await client.Read(target.Url, limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Trouble = "it does not answer within scrape_timeout";
        }
        catch (Exception failure) when (failure is not (OutOfMemoryException or OperationCanceledException))
        {
            // "See inner exception" helps nobody.
            Trouble = failure.InnerException is System.Security.Authentication.AuthenticationException tls
                ? $"TLS: {tls.InnerException?.Message ?? tls.Message}" : failure.Message;
        }

        return null;
    }

    private bool Take(Page page)
    {
        var plain = _lane.Unpack(page.Bytes, page.Encoding, _limits, out var packed);
        if (packed != RefusalReason.None)
        {
            Trouble = $"the page can't be decompressed: {Refusals.NameOf(packed)}";
            return false;
        }

        // Most exporters speak the text format, and some give it another name.
        var format = _lane.Formats.ByContentType(page.ContentType).Format ?? _lane.Formats.ByName("prometheus_text");
        if (format is null || _lane.Read(format, plain, _limits) == FormatOutcome.Refused)
        {
            Trouble = Refusals.Words(_lane, 0) ?? "the page is in no format that is read";
            return false;
        }

        if (_lane.Points.CountOf(RefusalReason.TooManyPoints) > 0)
        {
            Trouble = $"the page has more than {_limits.Points} samples (sample_limit)";
            return false;
        }

        var isCut = IsCut(page, plain);
        // Nobody knows which series are gone from a page of which a part could not be read; a fault that was there before hides no more.
        var faults = _lane.Points.FaultCount;
        _isWhole = !isCut && faults <= _faults && _lane.Points.CountOf(RefusalReason.Malformed) == 0;
        _faults = faults;
        Trouble = isCut ? "the page was cut: it does not end with # EOF" : null;
        return true;
    }

    private static bool IsCut(Page page, ReadOnlySpan<byte> plain) =>
        page.ContentType.StartsWith("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)
        && !plain.TrimEnd(" \r\n"u8).EndsWith("# EOF"u8);

    private void Add(ReadOnlySpan<byte> name, double value)
    {
        ref var point = ref _lane.Points.Add();
        point.Name = _lane.Points.AddText(name);
        point.Kind = PointKind.Gauge;
        point.Value = value;
    }

    // The wall clock gives the place in the interval, and a clock that nobody sets the pace. A place that is over is left out, and none is
    // taken twice, since a timer may be early by less than its own unit.
    private TimeSpan UntilNext()
    {
        var interval = target.Job.Interval.Ticks;
        var since = _phase.Ticks + time.GetElapsedTime(_began).Ticks;
        _place = Math.Max(_place, since / interval) + 1;
        return TimeSpan.FromTicks((_place * interval) - since);
    }

    private static TimeSpan PhaseOf(ScrapeTarget target, TimeProvider time) =>
        TimeSpan.FromTicks((time.GetUtcNow().Ticks - target.Offset.Ticks) % target.Job.Interval.Ticks);
}
