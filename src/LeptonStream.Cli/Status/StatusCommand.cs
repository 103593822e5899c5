using System.CommandLine;
using System.Text.Json;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Kafka;
using LeptonStream.Storage;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.Status;

/// <summary><c>lepton status</c>.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output" };
        var command = new Command("status",
            "Say on one screen whether it works right now: roles, lag, open alerts, last delivery, blind spots. Exit code 1 if it does not")
            { json }
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix", "Storage:ConnectionString", "Api:Url")
            .WithExamples(
                ("lepton status", "with the settings that the roles would have here"),
                ("lepton status --json | jq .problems", "for a script"));
        command.SetAction(async (parsed, stop) =>
        {
            var settings = LeptonSettings.Load(parsed);
            settings.Check(services => services.AddKafka(settings.Configuration).AddStorage(settings.Configuration));
            var now = DateTimeOffset.UtcNow;
            var status = await Read(settings.Configuration, now, stop);
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(status, SystemStatusJson.Default.SystemStatus));
            else StatusText.Write(Console.Out, status, DateTimeOffset.UtcNow);
            return status.Working ? ExitCode.Sound : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<SystemStatus> Read(IConfiguration settings, DateTimeOffset now, CancellationToken stop)
    {
        var kafka = settings.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new();
        var storage = settings.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new();
        var api = settings.GetSection(ApiOptions.Section).Get<ApiOptions>() ?? new();
        List<string> problems = [], blind = [];
        var dashboard = Ask(api.Url, stop);
        var detector = DetectorReading.Read(kafka, now, problems, blind, stop);
        var journal = await JournalReading.Read(storage, now, problems, blind, stop);
        return new(problems.Count == 0, problems, blind, detector, journal, await dashboard);
    }

    private static async Task<DashboardStatus> Ask(string url, CancellationToken stop)
    {
        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync($"{url.TrimEnd('/')}/healthz/ready", stop);
            return new(url, answer.IsSuccessStatusCode);
        }
        catch (Exception absent) when (absent is HttpRequestException or InvalidOperationException or UriFormatException
            || (absent is TaskCanceledException && !stop.IsCancellationRequested))
        {
            return new(url, null);
        }
    }
}
