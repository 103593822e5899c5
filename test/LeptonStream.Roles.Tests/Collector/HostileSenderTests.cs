using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LeptonStream.Collector.Http;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Output;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Senders that are broken or mean: each has an answer and a reason, and a neighbour is served meanwhile.</summary>
[Parallelizable]
public sealed class HostileSenderTests
{
    private static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, [])];

    [TestCase("POST /v1/samples HTTP/1.1\r\nHost: a\r\n", "408", TestName = "Headers that never end")]
    [TestCase("POST /v1/samples HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{", "408", TestName = "A body that never comes")]
    [TestCase("BOGUS\r\n\r\n", "400", TestName = "No HTTP")]
    [TestCase("POST /v1/samples HTTP/1.1\r\n\r\n", "400", TestName = "No host")]
    [TestCase("POST /v1/samples HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "400", TestName = "Two lengths")]
    [TestCase("POST /v1/samples HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400", TestName = "No chunk")]
    public async Task Request_ThatIsBroken_IsAnsweredInTimeAndANeighbourIsServed(string request, string status)
    {
        using var rig = new CollectorRig().Start();
        using var hostile = await Connect(rig);
        await hostile.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));

        await AssertServed(rig);
        Assert.That(await Answer(hostile), Does.StartWith($"HTTP/1.1 {status}"));
    }

    [Test]
    public async Task Headers_OfFortyKilobytes_AreTooLarge()
    {
        using var rig = new CollectorRig().Start();
        using var hostile = await Connect(rig);
        await hostile.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/samples HTTP/1.1\r\nHost: a\r\nX-A: {new string('a', 40_000)}\r\n\r\n"));

        Assert.That(await Answer(hostile), Does.StartWith("HTTP/1.1 431"));
        await AssertServed(rig);
    }

    [Test]
    public async Task Chunks_WithoutEnd_AreTooLargeAndGiveTheirMemoryBack()
    {
        using var rig = new CollectorRig(("Collector:MaxBodyBytes", "1000000")).Start();
        using var hostile = await Connect(rig);
        var stream = hostile.GetStream();
        await stream.WriteAsync("POST /v1/samples HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
        var chunk = Encoding.ASCII.GetBytes($"2710\r\n{new string(' ', 10_000)}\r\n");
        var answer = Answer(hostile);
        try
        {
            for (var i = 0; i < 10_000 && !answer.IsCompleted; i++) await stream.WriteAsync(chunk);
        }
        catch (IOException)
        {
            // The collector has answered and closed.
        }

        Assert.That(await answer, Does.StartWith("HTTP/1.1 413").And.Contain("Collector:MaxBodyBytes"));
        await AssertServed(rig);
        await Eventually.True(() => rig.Host.Services.GetRequiredService<MemoryBudget>().Used == 0, "its memory is free");
    }

    [Test]
    public async Task Body_ThatTricklesForMinutes_IsTooSlow()
    {
        var http = new DefaultHttpContext();
        http.Request.Body = new Trickle();
        var memory = new MemoryBudget(1 << 20);

        var (body, problem) = await RequestBody.Read(http.Request, 1 << 20, TimeSpan.FromMilliseconds(300), memory);

        Assert.That((body, problem!.Outcome, memory.Used), Is.EqualTo(((RequestBody?)null, IntakeOutcome.TooSlow, 0L)));
        Assert.That(problem.Reason, Does.Contain("did not come within"));
    }

    [Test]
    public async Task Body_CutInTheMiddle_GivesItsMemoryBack([Values] bool isHard)
    {
        using var rig = new CollectorRig().Start();
        using var hostile = await Connect(rig);
        var stream = hostile.GetStream();
        var sent = Encoding.ASCII.GetBytes(
            $"POST /v1/samples HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{new string(' ', 50_000)}");
        await stream.WriteAsync(sent);
        if (isHard)
        {
            hostile.LingerState = new(true, 0);
            hostile.Close();
        }
        else
        {
            hostile.Client.Shutdown(SocketShutdown.Send);
            // Not all of the request came.
            Assert.That(await Answer(stream), Does.StartWith("HTTP/1.1 400").Or.Empty);
        }

        await AssertServed(rig);
        await Eventually.True(() => rig.Host.Services.GetRequiredService<MemoryBudget>().Used == 0, "its memory is free");
    }

    // As 'nc -N' does: the request, and then the end of the sender's half. Kafka acknowledges while that is known already.
    [Test]
    public async Task Sender_WhoEndsHisHalf_GetsHisAnswer(
        [Values("/write?precision=ms", "/v1/samples", "/nowhere")] string path, [Values] bool isAtOnce, [Values] bool isChunked)
    {
        using var rig = new CollectorRig().Start();
        var body = path == "/v1/samples" ? $$$"""{"model":"half","ts":{{{Now()}}},"metrics":{"v":1}}""" : $"m,model=half v=1 {Now()}\n";
        var (header, framed) = isChunked ? ("Transfer-Encoding: chunked", $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n")
            : ($"Content-Length: {body.Length}", body);
        for (var i = 0; i < 20; i++)
        {
            using var sender = await Connect(rig);
            var stream = sender.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n{framed}"));
            if (!isAtOnce) await Task.Delay(i);
            sender.Client.Shutdown(SocketShutdown.Send);

            // To the end of the connection, which comes at once.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            using var answer = new StreamReader(stream);
            Assert.That(await answer.ReadToEndAsync(limit.Token), Does.StartWith(path == "/nowhere" ? "HTTP/1.1 404" : "HTTP/1.1 20"));
        }
    }

    [TestCase("gzip")]
    [TestCase("deflate")]
    [TestCase("zstd")]
    public async Task Compression_CutInTheMiddle_IsRefusedWhole(string encoding)
    {
        using var rig = new CollectorRig().Start();
        var lines = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"m{i},model=a v={i} {Now()}\n"));
        var packed = Pack(encoding, Encoding.UTF8.GetBytes(lines));

        using var answer = await rig.Post("/write?precision=ms", packed[..(packed.Length / 2)], null, ("Content-Encoding", encoding));

        Assert.That((int)answer.StatusCode, Is.EqualTo(400));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain($"the body is no {encoding}"));
        Assert.That(rig.Values(), Is.Empty, "its sender will send the whole again");
    }

    [Test]
    public async Task Zstd_WithAWindowOfAGigabyte_IsRefusedAndTakesNone()
    {
        using var rig = new CollectorRig().Start();
        // RFC 8878: magic, a descriptor without anything, a window of 2^30 bytes, and a last block of one byte.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 20 << 3, 0x09, 0x00, 0x00, 0x20];
        var before = GC.GetTotalAllocatedBytes();

        using var answer = await rig.Post("/write", frame, null, ("Content-Encoding", "zstd"));

        Assert.That((int)answer.StatusCode, Is.EqualTo(400));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("the body is no zstd"));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(100 << 20));
    }

    [TestCase("GET", "/v1/metrics", "POST /v1/metrics")]
    [TestCase("POST", "/v1/metric", "POST /v1/metrics")]
    [TestCase("GET", "/favicon.ico", "POST /v1/metrics")]
    [TestCase("POST", "/", "PUT or POST /metrics/job/JOB")]
    public async Task Send_UnknownPathOrMethod_IsAnsweredWithTheKnownOnes(string method, string path, string words)
    {
        using var rig = new CollectorRig().Start();

        using var answer = await rig.Send(new(method), path, [1], "application/json");

        Assert.That((int)answer.StatusCode, Is.EqualTo(404));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(words));
    }

    [Test]
    public async Task Connections_OfOneAddress_LeaveHalfToTheOthers()
    {
        using var rig = new CollectorRig(("Collector:MaxConnections", "200")).Start();
        var idle = new List<TcpClient>();
        for (var i = 0; i < 1_000; i++)
        {
            try
            {
                idle.Add(await Connect(rig));
            }
            catch (SocketException)
            {
                // It was closed before it was there.
            }
        }

        await Eventually.True(() => idle.Count(IsOpen) == 100, "half stay open");
        using var neighbour = new TcpClient(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await neighbour.ConnectAsync(IPAddress.Loopback, rig.Http.BaseAddress!.Port);
        await neighbour.GetStream().WriteAsync("GET /ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.That(await Answer(neighbour), Does.StartWith("HTTP/1.1 204"));

        foreach (var one in idle) one.Dispose();
        var ping = new Uri("/ping", UriKind.Relative);
        await Eventually.True(() => rig.Http.GetAsync(ping).Result.IsSuccessStatusCode, "there is room again");
    }

    [Test]
    public async Task Streams_ThatAreResetByTheThousand_EndTheirConnectionAndNoOther()
    {
        using var rig = new CollectorRig().Start();
        using var hostile = new TcpClient();
        await hostile.ConnectAsync(IPAddress.Loopback, rig.Grpc.Port);
        var stream = hostile.GetStream();
        await stream.WriteAsync(Preface);
        var answers = Drain(stream);
        using var neighbour = new HttpClient { BaseAddress = rig.Grpc };
        try
        {
            for (var i = 0; i < 20_000 && !answers.IsCompleted; i++)
            {
                var id = (2 * i) + 1;
                await stream.WriteAsync((byte[])[.. Frame(1, 4, id, Headers()), .. Frame(3, 0, id, [0, 0, 0, 8])]);
                if (i % 5_000 == 0) Assert.That(await Export(neighbour), Is.EqualTo("0"));
            }
        }
        catch (IOException)
        {
            // The collector has closed the connection.
        }

        Assert.That(await Export(neighbour), Is.EqualTo("0"));
        hostile.Close();
        await answers;
        await Eventually.True(() => rig.Host.Services.GetRequiredService<MemoryBudget>().Used == 0, "its memory is free");
    }

    [Test]
    public async Task Grpc_ByHttpOne_IsAnswered()
    {
        using var rig = new CollectorRig().Start();
        using var hostile = new TcpClient();
        await hostile.ConnectAsync(IPAddress.Loopback, rig.Grpc.Port);
        await hostile.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());

        Assert.That(await Answer(hostile), Does.StartWith("HTTP/1.1 400"));
    }

    private static async Task AssertServed(CollectorRig rig)
    {
        var body = Encoding.UTF8.GetBytes($"m,model=neighbour v=1 {Now()}\n");
        using var answer = await rig.Post("/write?precision=ms", body, null);
        Assert.That((int)answer.StatusCode, Is.EqualTo(204));
    }

    private static async Task<string> Export(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        using var answer = await http.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
        return answer.TrailingHeaders.TryGetValues("grpc-status", out var status) ? status.Single() : "none";
    }

    private static byte[] Headers()
    {
        var path = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"u8;
        // RFC 7541: indexed fields for POST and http, then literals without indexing for path, authority and content-type.
        return [0x83, 0x86, 0x04, (byte)path.Length, .. path, 0x01, 1, (byte)'a', 0x0F, 0x10, 16, .. "application/grpc"u8];
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    private static async Task Drain(NetworkStream stream)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer) > 0) { }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // As is the end.
        }
    }

    private static byte[] Pack(string encoding, byte[] plain)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
        }) stream.Write(plain);
        return packed.ToArray();
    }

    private static async Task<TcpClient> Connect(CollectorRig rig)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, rig.Http.BaseAddress!.Port);
        return client;
    }

    private static bool IsOpen(TcpClient client) => !(client.Client.Poll(0, SelectMode.SelectRead) && client.Client.Available == 0);

    private static Task<string> Answer(TcpClient client) => Answer(client.GetStream());

    private static async Task<string> Answer(NetworkStream stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, limit.Token)) > 0;)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
                if (answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && read < buffer.Length) break;
            }
        }
        catch (IOException)
        {
            // Closed.
        }

        return answer.ToString();
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private sealed class Trickle : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(20, cancellationToken);
            buffer.Span[0] = (byte)' ';
            return 1;
        }
    }
}
