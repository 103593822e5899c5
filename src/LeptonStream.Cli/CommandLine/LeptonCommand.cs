using System.CommandLine;
using LeptonStream.Cli.Alerts;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.Backtest;
using LeptonStream.Cli.Config;
using LeptonStream.Cli.Demo;
using LeptonStream.Cli.Doctor;
using LeptonStream.Cli.Info;
using LeptonStream.Cli.Map;
using LeptonStream.Cli.OnCall;
using LeptonStream.Cli.Outbox;
using LeptonStream.Cli.Receivers;
using LeptonStream.Cli.Remediation;
using LeptonStream.Cli.Replay;
using LeptonStream.Cli.Roles;
using LeptonStream.Cli.SeriesView;
using LeptonStream.Cli.Silences;
using LeptonStream.Cli.Status;
using LeptonStream.Cli.Topics;
using LeptonStream.Cli.Watch;

namespace LeptonStream.Cli.CommandLine;

/// <summary>The program's command line: every role and every tool.</summary>
internal static class LeptonCommand
{
    private const string Description = "LeptonStream: anomaly detection and alerting on streams of metrics from AI infrastructure";

    /// <summary>The edge alone, which loads nothing of the others.</summary>
    public static RootCommand CreateEdge() => new(Description) { EdgeCommand.Create() };

    public static RootCommand Create() => new(Description)
    {
        // Roles: processes that run until they are stopped.
        CollectorCommand.Create(),
        EdgeCommand.Create(),
        DetectorCommand.Create(),
        NotifierCommand.Create(),
        DashboardCommand.Create(),

        // Everything at once, to see what it does.
        DemoCommand.Create(),

        // People's work with alerts, through the dashboard's API.
        AlertsCommand.Create(),
        CareCommands.Acknowledge(),
        CareCommands.Assign(),
        CareCommands.Note(),
        CareCommands.Close(),
        VerdictCommand.Create(),
        SilenceCommand.Create(),
        OutboxCommand.Create(),
        ActionsCommand.Create(),

        // Tools: they do one thing and end.
        WatchCommand.Create(),
        SeriesCommand.Create(),
        ReplayCommand.Create(),
        MapCommand.Create(),
        BacktestCommand.Create(),
        TuneCommand.Create(),
        TopicsCommand.Create(),
        ConfigCommand.Create(),
        OnCallCommand.Create(),
        ReceiversCommand.Create(),
        TokenCommand.Create(),
        StatusCommand.Create(),
        DoctorCommand.Create(),
        VersionCommand.Create(),
        CompletionCommand.Create(),
    };
}
