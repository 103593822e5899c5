using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Output;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Program">Path of the program.</param>
/// <param name="Arguments">Its arguments, as they stand in the file: nothing of an alert is ever one.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record ExecSettings(bool SendResolved, string Program, ValueList<string> Arguments, TimeSpan? Timeout)
    : ChannelSettings(SendResolved, Timeout)
{
    public override INotificationChannel Make(ChannelContext context) => new ExecChannel(this, context);

    public static ExecSettings Read(ChannelSection section)
    {
        var program = section.Fields.RequiredText("program");
        if (program.Length > 0 && !Path.IsPathFullyQualified(program)) section.Fields.Wrong("program", "must be a path from the root on");
        return new(section.SendResolved(otherwise: true), program,
            new([.. (section.Fields.Texts("args") ?? []).Select(argument => argument.Text)]), section.Timeout());
    }
}

/// <summary>
/// Starts a program and writes Alertmanager's payload to its standard input. Exit code 0 is success, 75 (temporary failure) is tried again,
/// any other one refuses. Only where <c>Notifier:AllowExec</c> says so.
/// </summary>
internal sealed class ExecChannel(ExecSettings settings, ChannelContext context) : INotificationChannel
{
    private const int TemporaryFailure = 75;
    private const int ShownOfError = 200;

    public async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        if (!context.AllowsExec)
            return DeliveryOutcome.Failed($"{settings.Program}: programs are off; Notifier:AllowExec=true allows them");
        var start = new ProcessStartInfo(settings.Program, settings.Arguments)
            { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        // Nothing of our own environment, which holds passwords.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LEPTON_NOTIFICATION_ID"] = id;
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                return await Run(process, notification, cancellation);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (Win32Exception missing)
        {
            return DeliveryOutcome.Failed($"{settings.Program}: {missing.Message}");
        }
    }

    public string Preview(string id, Notification notification) => Encoding.UTF8.GetString(PayloadOf(notification));

    private async Task<DeliveryOutcome> Run(Process process, Notification notification, CancellationToken cancellation)
    {
        var error = process.StandardError.ReadToEndAsync(cancellation);
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(PayloadOf(notification), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want to read; its exit code decides.
        }

        await process.WaitForExitAsync(cancellation);
        await output;
        var text = SafeText.OneLine(MessageBuilder.Cut((await error).Trim(), ShownOfError));
        var line = $"{settings.Program}: exit code {process.ExitCode}{(text.Length > 0 ? $": {text}" : "")}";
        return process.ExitCode switch
        {
            0 => DeliveryOutcome.Delivered with { Answer = line },
            TemporaryFailure => DeliveryOutcome.Failed(line),
            _ => DeliveryOutcome.Refused(line),
        };
    }

    private byte[] PayloadOf(Notification notification) => WebhookPayload.Write(notification, 0, context.ExternalUrl);
}
