using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using LeptonStream.Backtest.SeriesFiles;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Kafka;
using LeptonStream.Samples;
using Microsoft.Extensions.Logging.Abstractions;
using Timestamp = LeptonStream.Samples.Timestamp;

namespace LeptonStream.Cli.Replay;

/// <summary>The numbers of a replay.</summary>
internal readonly record struct SentSeries(long Records, long Samples, TimeSpan Duration);

/// <summary>Sends the rows of series files to the metrics topic, side by side in the order of their times, at a chosen speed.</summary>
internal sealed class SeriesReplay : IDisposable
{
    private static readonly TimeSpan ProgressPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);
    private static readonly JsonEncodedText Model = JsonEncodedText.Encode("model");
    private static readonly JsonEncodedText Time = JsonEncodedText.Encode("ts");
    private static readonly JsonEncodedText Step = JsonEncodedText.Encode("step");
    private static readonly JsonEncodedText Metrics = JsonEncodedText.Encode("metrics");

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly string _topic;
    private readonly IReadOnlyList<SeriesFile> _files;
    private readonly string? _model;
    private readonly double _speed;
    private readonly bool _rebase;
    private readonly TimeProvider _time;
    private readonly Dictionary<SeriesFile, RowOrder> _orders;
    private Error? _failure;

    /// <param name="kafka">Address of Kafka, and prefix of its topics.</param>
    /// <param name="files">The series files to send.</param>
    /// <param name="model">The model of all files; null for each file's own name.</param>
    /// <param name="speed">Recorded seconds per second; infinite for no waiting.</param>
    /// <param name="rebase">Whether to move the times so that the last row is sent at its own time, and none before.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="WrongUsageException">A file's times count from zero and are not to be moved: the detector would refuse
    /// them.</exception>
    public SeriesReplay(KafkaOptions kafka, IReadOnlyList<SeriesFile> files, string? model, double speed, bool rebase, TimeProvider time)
    {
        if (!rebase && files.FirstOrDefault(file => !file.HasCalendarTime) is { } counted)
            throw new WrongUsageException($"the times of {counted.Path} count from zero: --rebase-time moves them to now");
        _topic = TopicNames.Of(kafka).Metrics;
        _files = files;
        _orders = files.ToDictionary(file => file, _ => new RowOrder());
        _model = model;
        _speed = speed;
        _rebase = rebase;
        _time = time;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.Producer(kafka, "replay")).LogTo(NullLogger.Instance).Build();
    }

    /// <summary>
    /// The files sent so far whose rows are not in the order of their times: each in one sentence. The detector refuses such rows.
    /// </summary>
    public IEnumerable<string> Disorder => _orders.Select(order => order.Value.Describe(order.Key.Path)).OfType<string>();

    /// <summary>Sends everything and returns when the broker has it.</summary>
    /// <param name="progress">Called with how many more rows are sent.</param>
    /// <param name="stop">Ends the replay early.</param>
    /// <exception cref="KafkaException">The broker refused a record.</exception>
    public SentSeries Run(Action<int> progress, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var reported = TimeSpan.Zero;
        var rows = 0;
        long records = 0, samples = 0;
        var (first, last) = Span();
        // A time ahead of the clock would be refused; at any speed no row then carries one.
        var shift = _rebase ? Timestamp.FromDateTimeOffset(_time.GetUtcNow()) + ((last - first) / _speed) - last : TimeSpan.Zero;
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var (file, row) in InOrder())
        {
            WaitFor((row.Time - first) / _speed - watch.Elapsed, stop);
            _orders[file].Add(row);
            var model = _model ?? file.Name;
            var count = Write(buffer, model, file.Metrics, row, row.Time + shift);
            if (count > 0)
            {
                Send(Encoding.UTF8.GetBytes(model), buffer.WrittenSpan.ToArray(), stop);
                records++;
                samples += count;
            }

            rows++;
            if (watch.Elapsed - reported < ProgressPause) continue;
            reported = watch.Elapsed;
            progress(rows);
            rows = 0;
        }

        _producer.Flush(stop);
        ThrowIfFailed();
        progress(rows);
        return new SentSeries(records, samples, watch.Elapsed);
    }

    public void Dispose() => BoundedClose.Run(_producer.Dispose, CloseLimit);

    // Each file is in its own order already, or goes back in time as its run did; among the files the earliest row is next.
    private IEnumerable<(SeriesFile File, SeriesRow Row)> InOrder()
    {
        var next = new PriorityQueue<(SeriesFile File, IEnumerator<SeriesRow> Rows), (long Time, int File)>();
        try
        {
            for (var i = 0; i < _files.Count; i++)
            {
                var rows = _files[i].Rows().GetEnumerator();
                if (rows.MoveNext()) next.Enqueue((_files[i], rows), (rows.Current.Time.UnixNanoseconds, i));
                else rows.Dispose();
            }

            while (next.TryDequeue(out var head, out var order))
            {
                yield return (head.File, head.Rows.Current);
                if (head.Rows.MoveNext()) next.Enqueue(head, (head.Rows.Current.Time.UnixNanoseconds, order.File));
                else head.Rows.Dispose();
            }
        }
        finally
        {
            foreach (var (open, _) in next.UnorderedItems) open.Rows.Dispose();
        }
    }

    private (Timestamp First, Timestamp Last) Span()
    {
        var times = _files.SelectMany(file => file.Rows()).Select(row => row.Time);
        return times.Aggregate((First: new Timestamp(long.MaxValue), Last: Timestamp.Never),
            (span, time) => (Timestamp.Earlier(span.First, time), Timestamp.Later(span.Last, time)));
    }

    private static int Write(ArrayBufferWriter<byte> buffer, string model, IReadOnlyList<string> metrics, in SeriesRow row, Timestamp time)
    {
        var count = 0;
        buffer.Clear();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString(Model, model);
        json.WriteNumber(Time, time.UnixNanoseconds);
        if (row.Step != Sample.NoStep) json.WriteNumber(Step, row.Step);
        json.WriteStartObject(Metrics);
        for (var i = 0; i < metrics.Count; i++)
        {
            if (row.Values[i] is not { } value) continue;
            if (double.IsFinite(value)) json.WriteNumber(metrics[i], value);
            else json.WriteString(metrics[i], value.ToString(CultureInfo.InvariantCulture));
            count++;
        }

        json.WriteEndObject();
        json.WriteEndObject();
        return count;
    }

    private void Send(byte[] key, byte[] value, CancellationToken stop)
    {
        while (true)
        {
            ThrowIfFailed();
            stop.ThrowIfCancellationRequested();
            try
            {
                _producer.Produce(_topic, new() { Key = key, Value = value }, report =>
                {
                    if (report.Error.IsError) Interlocked.CompareExchange(ref _failure, report.Error, null);
                });
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(10);
            }
        }
    }

    private void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure) throw new KafkaException(failure);
    }

    private static void WaitFor(TimeSpan span, CancellationToken stop)
    {
        if (span > TimeSpan.Zero) stop.WaitHandle.WaitOne(span);
    }
}
