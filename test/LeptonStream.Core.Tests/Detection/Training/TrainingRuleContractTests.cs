using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;
using LeptonStream.Detection.Training.Rules;
using LeptonStream.Samples;
using LeptonStream.State;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Detection.Training;

/// <summary>What every rule of training mode promises.</summary>
[TestFixtureSource(nameof(Names))]
public sealed class TrainingRuleContractTests(string name)
{
    private const int Rows = 900;
    private static readonly TrainingRole[] Measured =
        [.. Enum.GetValues<TrainingRole>().Where(role => role is > TrainingRole.None and < TrainingRole.DataStage)];

    public static IEnumerable<string> Names => new RunRules(TrainingPolicy.Default).Rules.Select(rule => rule.Name);

    [Test]
    public void Name_IsUniqueAndInKebabCase()
    {
        Assert.That(name, Does.Match("^[a-z]+(-[a-z]+)*$"));
        Assert.That(Names.Count(other => other == name), Is.EqualTo(1));
    }

    [Test]
    public void Alerts_OfAllRules_AreThereAndOfOneKindAndRoleEach() =>
        Assert.That(Of(new(TrainingPolicy.Default)).Alerts.Select(alert => (alert.Kind, alert.Role)), Is.Unique.And.Not.Empty);

    [Test]
    public void Judge_ARowFarOff_ScoresItByWhatWasBefore()
    {
        // Judged before it is learned: what is expected of the row is the same whatever the row is.
        var (near, far) = (Fed(400), Fed(400));
        near.Feed(400, 401, 1.001);
        far.Feed(400, 401, 1e6);
        foreach (var (kind, role, expected) in far.Findings.Select(f => (f.Kind, f.Role, f.Expected)))
        {
            Assert.That(expected, Is.NaN.Or.LessThan(1e3), $"{kind} of {role}");
        }

        Assert.That(near.Findings, Is.Empty);
    }

    [Test]
    public void Judge_WhileItWarmsUp_TellsOnlyOfWhatCannotBeNormal()
    {
        var fed = new Feeder(name);
        fed.Feed(0, 40, 50);
        Assert.That(fed.Findings, Is.Empty);
    }

    [Test]
    public void Load_OfWhatWasSaved_GoesOnBitEqual([Values(1, 40, 399, 405, 460)] int cut)
    {
        var (whole, copy) = (Fed(cut), Fed(cut));
        copy.Restore();
        whole.Trouble(cut, Rows);
        copy.Trouble(cut, Rows);
        Assert.That(copy.Save(), Is.EqualTo(whole.Save()));
        Assert.That(copy.Findings, Is.EqualTo(whole.Findings));
    }

    [Test]
    public void Judge_AnyValues_LeavesNoTraceThatLasts()
    {
        double[] hostile = [0, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue,
            -double.MaxValue, 1e-300];
        var fed = Fed(300);
        var random = new Random(9);
        for (var i = 300; i < 500; i++) fed.Feed(i, i + 1, hostile[random.Next(hostile.Length)]);
        Assert.That(fed.Findings.Select(f => f.Score), Is.All.InRange(0, double.MaxValue));
        // A day and more: a level that hostile rows taught is a warning until it is accepted.
        fed.Seconds = 100;
        fed.Feed(500, 2500, 1);
        // But a plateau: the loss of these rows stands still indeed.
        var open = fed.Findings.GroupBy(f => (f.Kind, f.Role)).Select(alert => alert.Last()).Where(f =>
            !f.Change.IsEnd() && f.Severity > AlertSeverity.Info);
        Assert.That(open.Select(f => (f.Kind, f.Role, f.Step)), Is.Empty, "a thousand ordinary rows later nothing is open");
    }

    [Test]
    public void Close_WhatIsOpen_TellsWhyAndLeavesNothingOpen()
    {
        var fed = Fed(400);
        fed.Trouble(400, Rows);
        fed.Close(AlertChange.Superseded);
        Assert.That(fed.Rule.HasOpen, Is.False);
        foreach (var alert in fed.Findings.GroupBy(f => (f.Kind, f.Role)))
            Assert.That(alert.Last().Change.IsEnd(), Is.True, $"{alert.Key}");
    }

    [Test]
    public void Judge_InSteadyState_AllocatesNothing()
    {
        var fed = Fed(1000);
        fed.Judge(1000, 1100, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        fed.Judge(1100, 2000, 1);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private Feeder Fed(int rows)
    {
        var fed = new Feeder(name);
        fed.Feed(0, rows, 1);
        return fed;
    }

    private TrainingRule Of(RunRules rules) => rules.Rules.Single(rule => rule.Name == name);

    // All rules judge, for some build on others; what is looked at is one.
    private sealed class Feeder(string name)
    {
        private readonly TrainingRow _row = new();
        private readonly FindingReport _report = new(TrainingPolicy.Default);
        private RunRules _rules = new(TrainingPolicy.Default);

        /// <summary>The time between two rows.</summary>
        public int Seconds { get; set; } = 1;

        public List<TrainingFinding> Findings { get; } = [];

        public TrainingRule Rule => _rules.Rules.Single(rule => rule.Name == name);

        public void Feed(int from, int to, double factor)
        {
            for (var step = from; step < to; step++)
            {
                Judge(step, step + 1, factor);
                Take();
            }
        }

        public void Trouble(int from, int to)
        {
            for (var step = from; step < to; step++)
                Feed(step, step + 1, step < 400 ? 1 : step < 500 ? 9 : step < 520 ? double.NaN : step < 600 ? 0 : 1);
        }

        public void Judge(int from, int to, double factor)
        {
            for (var step = from; step < to; step++)
            {
                var time = Timestamp.FromUnixMilliseconds(1_764_000_000_000 + (step * 1000L * Seconds));
                _row.Begin(time, step, time);
                // Deterministic noise, another for each role.
                foreach (var role in Measured)
                {
                    var noise = 1 + (0.02 * Math.Sin((step + 1) * 12.9898 * ((int)role + step)));
                    var value = role switch { TrainingRole.LearningRate => 1e-3, TrainingRole.ParameterNorm => 40 + (0.001 * step), _ =>
                        noise };
                    _row.Set(role, factor == 1 ? value : value * factor);
                }

                _rules.Phase.Observe(_row);
                _report.Begin(time, step);
                _rules.Judge(_row, _report);
            }
        }

        public void Close(AlertChange reason)
        {
            _report.Begin(_row.Time, _row.Step);
            Rule.Close(_report, reason);
            Take();
        }

        public byte[] Save()
        {
            var state = new StateWriter();
            Rule.Save(state);
            return state.Written.ToArray();
        }

        public void Restore()
        {
            var state = new StateWriter();
            _rules.Save(state);
            var reader = new StateReader(state.Written);
            _rules = new(TrainingPolicy.Default);
            _rules.Load(ref reader);
            Assert.That(reader.AtEnd, Is.True);
        }

        private void Take()
        {
            foreach (var finding in _report.Findings)
                if (Rule.Alerts.Any(alert => alert.Kind == finding.Kind && alert.Role == finding.Role)) Findings.Add(finding);
        }
    }
}
