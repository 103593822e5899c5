using System.Diagnostics;
using LeptonStream.Detector;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// Three detectors side by side that die again and again, at random times and at failpoints, and are started again at once, while the story
/// goes on without a pause.
/// </summary>
internal sealed class KillStorm(FaultRig rig, AlertReader reader, int seed)
{
    private const int Workers = 3;
    private const int Killed = 128 + 9;

    private static readonly TimeSpan YoungLife = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    // Who dies again and again before it has replayed what the one before had judged never comes further: so the killing pauses.
    private static readonly TimeSpan Behind = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StandStill = TimeSpan.FromSeconds(120);

    // The highest passing of a point that is tried; records come one by one, chunks and rounds do not.
    private static readonly Dictionary<string, int> Passings = new() { ["mid-judge"] = 100, ["mid-replay"] = 100, ["in-revoke"] = 1 };

    private readonly Random _random = new(seed);
    private readonly Life?[] _lives = new Life?[Workers];
    private readonly List<(long DiedAt, IReadOnlyList<string> Models)> _waiting = [];

    /// <summary>How many died, by failpoint; those at a random time are under "".</summary>
    public SortedDictionary<string, int> Deaths { get; } = new(StringComparer.Ordinal);

    /// <summary>How many died.</summary>
    public int Kills => Deaths.Values.Sum();

    /// <summary>How long after each death an event of every partition, of a record written right after it, could be read.</summary>
    public List<TimeSpan> LiveAgain { get; } = [];

    /// <summary>Goes on until so many have died, or another story has failed.</summary>
    public async Task Run(int kills, CancellationToken stop)
    {
        while (Kills < kills)
        {
            stop.ThrowIfCancellationRequested();
            rig.Story.GoOn(steps: 5, incidents: 2);
            var beat = Stopwatch.StartNew();
            do
            {
                for (var lane = 0; lane < Workers; lane++) await Look(lane);
                await Task.Delay(10, stop);
            }
            while (beat.Elapsed < Beat);
            Measure();
        }

        foreach (var life in _lives.OfType<Life>()) life.Process.Kill();
    }

    private async Task Look(int lane)
    {
        if (_lives[lane] is { } life)
        {
            if (!life.Process.HasExited)
            {
                if (life.IsOver && !IsBehind) await life.End();
                return;
            }

            var code = await life.Process.Stop();
            Assert.That(life.Process.ToString(), Does.Not.Contain("empty state").And.Not.Contain("did not make"));
            if (!life.WasAsked || code == Killed) OnDeath(life, code);
        }

        _lives[lane] = Begin(lane);
    }

    private bool IsBehind => _waiting.Exists(wait => Stopwatch.GetElapsedTime(wait.DiedAt) > Behind);

    private void OnDeath(Life life, int code)
    {
        Assert.That(code, Is.EqualTo(Killed), life.Process.ToString());
        Deaths[life.DiedOf] = Deaths.GetValueOrDefault(life.DiedOf) + 1;
        _waiting.Add((Stopwatch.GetTimestamp(), rig.Story.GoOn(steps: 1, incidents: 1)));
    }

    private Life Begin(int lane)
    {
        // One without a name is missed only after its session.
        var name = _random.Next(25) == 0 ? null : $"detector-{lane}";
        // Some die while they start, join, restore and replay.
        var diesYoung = _random.Next(4) == 0;
        var point = diesYoung || IsBehind || _random.Next(2) == 0 ? null
            : Failpoints.Names.ElementAt(_random.Next(Failpoints.Names.Count()));
        var passing = point is null ? 0 : _random.Next(1, Passings.GetValueOrDefault(point, 4) + 1);
        return new(rig.Start(name, point is null ? null : $"{point}:{passing}"), point, diesYoung,
            _random.NextDouble() * (diesYoung ? YoungLife : LongestWork));
    }

    private void Measure()
    {
        foreach (var wait in _waiting.ToList())
        {
            var seen = wait.Models.Select(reader.SeenAt).ToList();
            if (seen.TrueForAll(when => when is not null))
            {
                _waiting.Remove(wait);
                LiveAgain.Add(Stopwatch.GetElapsedTime(wait.DiedAt, seen.Max()!.Value));
            }
            else
            {
                Assert.That(Stopwatch.GetElapsedTime(wait.DiedAt), Is.LessThan(StandStill),
                    $"the story goes on\n{string.Join('\n', _lives.OfType<Life>().Select(life => life.Process))}");
            }
        }
    }

    // Its time counts from its start where it dies young, else from when it first has a partition to judge.
    private sealed record Life(LeptonProcess Process, string? Failpoint, bool DiesYoung, TimeSpan Length)
    {
        private readonly Stopwatch _since = Stopwatch.StartNew();
        private bool _works;
        private bool _isKilled;

        /// <summary>Whether its time is over.</summary>
        public bool IsOver
        {
            get
            {
                if (DiesYoung || _works) return _since.Elapsed >= Length;
                if (_since.Elapsed > LongestWait) return true;
                if (!Process.Error.Contains(": restored ") && !Process.Error.Contains(": begins at ")) return false;
                _works = true;
                _since.Restart();
                return false;
            }
        }

        /// <summary>Whether it was asked to leave, which one without a partition survives.</summary>
        public bool WasAsked { get; private set; }

        /// <summary>The failpoint; empty where it did not come to one in time.</summary>
        public string DiedOf => _isKilled ? "" : Failpoint ?? "";

        public async Task End()
        {
            if (Failpoint == "in-revoke")
            {
                WasAsked = true;
                await Process.Stop();
                return;
            }

            _isKilled = true;
            Process.Kill();
        }
    }
}
