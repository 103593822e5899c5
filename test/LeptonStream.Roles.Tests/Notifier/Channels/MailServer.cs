using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>A mail server without TLS that keeps every mail it takes.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _mails = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<string> Mails => [.. _mails];

    /// <summary>The answer to a mail.</summary>
    public string AnswerToData { get; set; } = "250 queued";

    /// <summary>The answer to a recipient, by its address.</summary>
    public Func<string, string> AnswerToRecipient { get; set; } = _ => "250 ok";

    public static MailServer Start()
    {
        var server = new MailServer();
        server._listener.Start();
        server._running = server.Run();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                await Talk(client);
            }
            catch (IOException)
            {
                // The other side went away.
            }
        }
    }

    private async Task Talk(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), new UTF8Encoding(false));
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 mail.example.org");
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            if (verb == "DATA") await Take(reader, writer);
            else await writer.WriteLineAsync(verb switch
            {
                "EHLO" => "250-mail.example.org\r\n250 8BITMIME",
                "RCPT" => AnswerToRecipient(line),
                "QUIT" => "221 bye",
                _ => "250 ok",
            });
            if (verb == "QUIT") return;
        }
    }

    private async Task Take(StreamReader reader, StreamWriter writer)
    {
        await writer.WriteLineAsync("354 go on");
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
            mail.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append("\r\n");

        if (AnswerToData.StartsWith('2')) _mails.Enqueue(mail.ToString());
        await writer.WriteLineAsync(AnswerToData);
    }
}
