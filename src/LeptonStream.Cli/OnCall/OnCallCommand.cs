using System.CommandLine;
using System.Globalization;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Config;
using LeptonStream.Cli.Settings;
using LeptonStream.Cli.Terminal;
using LeptonStream.Samples;

namespace LeptonStream.Cli.OnCall;

/// <summary><c>lepton oncall</c>.</summary>
internal static class OnCallCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("SCHEDULE") { Description = "Only this one", Arity = ArgumentArity.ZeroOrOne };
        var at = new Option<DateTimeOffset?>("--at")
        {
            Description = "At this time, such as 2026-12-24T18:00Z (default: now)",
            HelpName = "TIME",
            CustomParser = result =>
            {
                if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                    out var time)) return time;
                result.AddError($"--at is '{result.Tokens[0].Value}': write a time such as 2026-12-24T18:00Z");
                return null;
            },
        };
        var command = new Command("oncall", "Say who is on call, by the schedules of the routing file") { name, at }
            .WithSettings("Notifier:RoutingFile")
            .WithExamples(
                ("lepton oncall --routing alerting.yaml", "everybody who is on call now"),
                ("lepton oncall gpu --at 2026-12-24T18:00Z", "one schedule on Christmas Eve"));
        command.SetAction(parsed =>
        {
            var schedules = ConfigCommand.RoutingOf(parsed).Routing.Routes.Schedules;
            var wanted = parsed.GetValue(name);
            if (wanted is not null && schedules.All(schedule => schedule.Name != wanted))
                throw new WrongUsageException(schedules.Count == 0
                    ? "the routing file has no 'schedules': set it with --routing or Notifier:RoutingFile"
                    : $"there is no schedule '{wanted}'; there are: {string.Join(", ", schedules.Select(schedule => schedule.Name))}");
            var time = Timestamp.FromDateTimeOffset(parsed.GetValue(at) ?? DateTimeOffset.UtcNow);
            var table = new TextTable("SCHEDULE", "ON CALL", "SINCE", "UNTIL");
            foreach (var schedule in schedules.Where(schedule => wanted is null || schedule.Name == wanted)
                .OrderBy(schedule => schedule.Name, StringComparer.Ordinal))
            {
                var shift = schedule.At(time);
                table.Add(schedule.Name, shift?.Participant ?? "nobody", OnCallText.Time(shift?.From, schedule.TimeZone),
                    OnCallText.Time(shift?.Until, schedule.TimeZone));
            }

            if (schedules.Count == 0) Console.Out.WriteLine("The routing has no 'schedules'.");
            else Console.Out.Write(table);
            return ExitCode.Sound;
        });
        return command;
    }
}
