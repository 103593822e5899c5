using System.CommandLine;
using LeptonStream.Access;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Health;
using LeptonStream.Cli.Settings;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector;
using LeptonStream.Collector.Edge;
using LeptonStream.Dashboard;
using LeptonStream.Detector;
using LeptonStream.Explanations;
using LeptonStream.Notifier.Egress;
using LeptonStream.Notifier.Routing;
using LeptonStream.Notifier;
using LeptonStream.Policies;
using LeptonStream.Yaml;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.Config;

/// <summary>Reads files as the roles would, and says everything that is wrong with them.</summary>
internal static class ConfigCheck
{
    private static readonly string[] RoutingFields = ["route", "receivers"];
    private static readonly string[] TokensFields = ["tokens"];
    private static readonly string[] PolicyFields = ["presets", "defaults", "rules", "calendars"];

    // None of them is a field of another file.
    private static readonly string[] CollectorFields =
        ["sources", "topics", "scrape_configs", "model", "labels", "relabel_configs", "metric_relabel_configs"];

    /// <summary>The settings that the roles would have here, and the files they name.</summary>
    public static async Task<int> Settings(ParseResult parsed, CancellationToken stop)
    {
        var settings = LeptonSettings.Load(parsed);
        if (Errors(settings) is { Count: > 0 } wrong) return Print(wrong);
        Console.Out.WriteLine($"settings: ok ({settings.File ?? "no settings file"}, environment and flags)");
        var notifier = settings.Configuration.GetSection(NotifierOptions.Section).Get<NotifierOptions>() ?? new();
        var detector = settings.Configuration.GetSection(DetectorOptions.Section).Get<DetectorOptions>() ?? new();
        var collector = settings.Configuration.GetSection(CollectorOptions.Section).Get<CollectorOptions>() ?? new();
        var dashboard = settings.Configuration.GetSection(DashboardOptions.Section).Get<DashboardOptions>() ?? new();
        var edge = settings.Configuration.GetSection(EdgeOptions.Section).Get<EdgeOptions>() ?? new();
        string?[] named = [notifier.RoutingFile, detector.PoliciesFile, edge.PoliciesFile, collector.ConfigFile, dashboard.TokensFile,
            collector.TokensFile];
        var worst = Files([.. named.Where(file => file is { Length: > 0 }).Distinct().Select(file => new FileInfo(file!))]);
        if (worst == ExitCode.Sound && NotifierRouting.Of(notifier, out _) is { } routing) await Warn(routing, notifier, stop);
        return worst;
    }

    /// <summary>
    /// Files by themselves, and which channels of a routing file would be blocked by the targets that the settings here allow.
    /// </summary>
    public static async Task<int> Files(IReadOnlyList<FileInfo> files, ParseResult parsed, CancellationToken stop)
    {
        var worst = Files(files);
        if (worst != ExitCode.Sound) return worst;
        var routings = files.Where(file => file.Extension != ".json").Select(file => file.ToString())
            .Select(path => YamlText.Read(path, out _) is { } text ? RoutingFile.Parse(text, path, out _) : null)
            .OfType<NotifierRouting>().ToArray();
        if (routings.Length == 0) return worst;
        var notifier = LeptonSettings.Load(parsed).Configuration.GetSection(NotifierOptions.Section).Get<NotifierOptions>() ?? new();
        foreach (var routing in routings) await Warn(routing, notifier, stop);
        return worst;
    }

    /// <summary>
    /// Files by themselves: settings where the name ends in .json, else routing, policies, tokens or the collector's by their fields.
    /// </summary>
    private static int Files(IReadOnlyList<FileInfo> files)
    {
        var worst = ExitCode.Sound;
        foreach (var file in files)
        {
            var path = file.ToString();
            worst = Math.Max(worst, file.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase)
                ? SettingsFile(path)
                : YamlFile(path));
        }

        return worst;
    }

    // A file with a blocked channel is sound, and nobody would be notified.
    private static async Task Warn(NotifierRouting routing, NotifierOptions options, CancellationToken stop)
    {
        foreach (var blocked in await BlockedTargets.Of(routing, options, stop)) Console.Out.WriteLine($"warning: {blocked}");
    }

    private static int SettingsFile(string path)
    {
        if (Errors(LeptonSettings.LoadFile(path)) is { Count: > 0 } wrong) return Print(wrong);
        Console.Out.WriteLine($"{path}: ok (settings)");
        return ExitCode.Sound;
    }

    private static IReadOnlyList<string> Errors(LeptonSettings settings)
    {
        try
        {
            settings.Check(services =>
            {
                services.AddCollector(settings.Configuration);
                services.AddEdge(settings.Configuration);
                services.AddDetector(settings.Configuration);
                services.AddNotifier(settings.Configuration);
                services.AddDashboard(settings.Configuration);
                services.AddHealthServer(settings.Configuration);
            });
            return [];
        }
        catch (WrongUsageException wrong)
        {
            return wrong.Wrong;
        }
    }

    private static int YamlFile(string path)
    {
        if (YamlText.Read(path, out var unreadable) is not { } text) return Print([unreadable!]);
        var errors = new YamlErrors(path);
        if (YamlSection.Parse(text, "'route' and 'receivers' of a routing file, 'presets', 'defaults' and 'rules' of a policy file, "
            + "'sources', 'topics' and 'scrape_configs' of a collector's file, or 'tokens' of a tokens file,", errors) is not { } root)
            return Print(errors.All);
        bool HasOneOf(string[] fields, bool nearly) =>
            fields.Any(root.Has) || (nearly && root.Unread.Any(name => NearestName.Of(name, fields) is not null));
        // A file whose only field is mistyped is of the kind that has a field like it.
        foreach (var nearly in (bool[])[false, true])
        {
            if (HasOneOf(RoutingFields, nearly)) return Routing(path, text);
            if (HasOneOf(TokensFields, nearly)) return Tokens(path);
            if (HasOneOf(CollectorFields, nearly)) return Collector(path, text);
            if (HasOneOf(PolicyFields, nearly)) return Policies(path);
        }

        return Policies(path);
    }

    private static int Collector(string path, string text)
    {
        if (CollectorFile.Parse(text, path, out var errors) is not { } config) return Print(errors);
        Console.Out.WriteLine($"{path}: ok (collector: {EnglishCount.Of(config.Sources.Count, "source")})");
        return ExitCode.Sound;
    }

    private static int Routing(string path, string text)
    {
        if (RoutingFile.Parse(text, path, out var errors) is not { } routing) return Print(errors);
        Console.Out.WriteLine($"{path}: ok (routing: {EnglishCount.Of(routing.Routes.Count, "route")}, "
            + $"{EnglishCount.Of(routing.Channels.Count, "channel")}"
            + $"{(routing.Policies.Count > 0 ? $", {EnglishCount.Of(routing.Policies.Count, "action")}" : "")})");
        foreach (var note in routing.Notes) Console.Out.WriteLine($"{note} (note)");
        return ExitCode.Sound;
    }

    private static int Tokens(string path)
    {
        if (TokensFile.Of(path, out var errors) is not { } tokens) return Print(errors);
        Console.Out.WriteLine($"{path}: ok (tokens: {EnglishCount.Of(tokens.Count, "token")})");
        return ExitCode.Sound;
    }

    private static int Policies(string path)
    {
        if (PolicyFile.Read(path, out var errors, out var notes) is not { } policies) return Print(errors);
        Console.Out.WriteLine($"{path}: ok (policies: {EnglishCount.Of(policies.Rules.Count, "rule")})");
        foreach (var note in notes) Console.Out.WriteLine($"{note} (note)");
        return ExitCode.Sound;
    }

    private static int Print(IReadOnlyList<string> wrong)
    {
        foreach (var line in wrong) Console.Error.WriteLine(line);
        return ExitCode.Failed;
    }
}
