using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Logging;
using LeptonStream.Cli.Settings;
using LeptonStream.Dashboard;
using LeptonStream.Health;

namespace LeptonStream.Cli.Roles;

/// <summary><c>lepton dashboard</c>.</summary>
internal static class DashboardCommand
{
    public static Command Create()
    {
        var command = new Command(RoleNames.Dashboard, "Role: the page and the API where people read alerts and act on them, live")
            .WithSettings("Storage:ConnectionString", "Dashboard:Url")
            .WithExamples(
                ("lepton dashboard", "the journal lepton.db in the working folder, at http://127.0.0.1:8080"),
                ("lepton dashboard --storage 'Host=db;Database=lepton;Username=lepton' --url http://0.0.0.0:8080",
                    "the journal in PostgreSQL, on every address of this machine"));
        command.SetAction(async (parsed, stop) =>
        {
            var settings = LeptonSettings.Load(parsed);
            settings.Check(services => services.AddDashboard(settings.Configuration));
            await RoleRunner.CheckJournal(settings, writes: false, stop);
            await using var app = DashboardHost.Build(
                settings.Configuration,
                builder => builder.Logging.AddConsoleLog(parsed, settings.Configuration));
            app.Lifetime.ApplicationStarted.Register(() => Console.Out.WriteLine($"dashboard: {DashboardHost.AddressOf(app)}"));
            return await RoleRunner.Run(app, stop);
        });
        return command;
    }
}
