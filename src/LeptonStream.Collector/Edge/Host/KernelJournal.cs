using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>
/// The kernel's log by systemd's journal, for an edge that may read it and not <c>/dev/kmsg</c>. The journal itself says which way an entry
/// came (<c>_TRANSPORT</c>), and no program can say so of its own. <c>journalctl</c> reads it, and begins with the last ten minutes; where
/// it ends it is begun again behind the last entry.
/// </summary>
internal sealed class KernelJournal : IKernelLog
{
    private const int MostWaiting = 1_000;
    private const int LongestLine = 64 << 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly string _program;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Queue<(XidLine, DateTimeOffset)> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private string? _cursor;
    private string? _trouble;

    /// <param name="program">The program that reads the journal.</param>
    /// <param name="time">The clock.</param>
    public KernelJournal(string program, TimeProvider time)
    {
        (_program, _time) = (program, time);
        _work = Task.Run(Run);
    }

    public string? Trouble => Volatile.Read(ref _trouble);

    public void Take(List<(XidLine Error, DateTimeOffset Time)> into)
    {
        lock (_lock)
            while (_waiting.TryDequeue(out var error)) into.Add(error);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _work.Wait(Pause);
        _stop.Dispose();
    }

    private async Task Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Follow();
            }
            catch (Exception failure) when (failure is Win32Exception or IOException or InvalidOperationException)
            {
                Volatile.Write(ref _trouble, $"{_program}: {failure.Message}");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Follow()
    {
        // Of the records that came by the kernel's buffer, programs wrote those of other facilities.
        string[] words = ["--follow", "--no-tail", "--quiet", "--output=json", "--output-fields=MESSAGE",
            _cursor is null ? "--since=-10min" : $"--after-cursor={_cursor}", "_TRANSPORT=kernel", "SYSLOG_FACILITY=0"];
        using var journal = Process.Start(new ProcessStartInfo(_program, words)
            { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        try
        {
            var refusal = journal.StandardError.ReadToEndAsync(_stop.Token);
            Volatile.Write(ref _trouble, null);
            while (await journal.StandardOutput.ReadLineAsync(_stop.Token) is { } line)
                if (line.Length <= LongestLine) Take(line);
            await journal.WaitForExitAsync(_stop.Token);
            Volatile.Write(ref _trouble, $"{_program} ended with {journal.ExitCode}: {(await refusal).Trim()}");
        }
        finally
        {
            if (!journal.HasExited) journal.Kill();
        }
    }

    private void Take(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var entry = json.RootElement;
            if (entry.ValueKind != JsonValueKind.Object) return;
            _cursor = TextOf(entry, "__CURSOR") ?? _cursor;
            if (TextOf(entry, "MESSAGE") is not { } message || !XidLine.TryRead(message, out var error)) return;
            lock (_lock)
                if (_waiting.Count < MostWaiting) _waiting.Enqueue((error, TimeOf(entry)));
        }
        catch (JsonException)
        {
            // A line that was cut off as the program ended.
        }
    }

    // In microseconds since 1970.
    private DateTimeOffset TimeOf(JsonElement entry) =>
        long.TryParse(TextOf(entry, "__REALTIME_TIMESTAMP"), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && time < DateTimeOffset.MaxValue.ToUnixTimeSeconds() * 1_000_000
            ? DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(time) : _time.GetUtcNow();

    // Bytes that are no text come as a list of numbers, and an entry with a field twice as a list of texts.
    private static string? TextOf(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
