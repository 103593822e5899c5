using System.Buffers;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Output;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Collector.Http;

/// <summary>
/// The bytes of a request. Room is taken as they come and not as they are announced: whoever announces much and sends little keeps nobody
/// out.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    // The least rate of the server alone would let a large body trickle for hours.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly MemoryBudget[] _budgets;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private long _taken;

    private RequestBody(MemoryBudget[] budgets) => _budgets = budgets;

    /// <summary>Number of bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes; valid until this is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    /// <summary>Reads a request.</summary>
    /// <returns>The body, or the answer to a request whose body can't be had.</returns>
    public static Task<(RequestBody? Body, IntakeReport? Problem)> Read(HttpRequest request, int limit, params MemoryBudget[] budgets) =>
        Read(request, limit, Patience, budgets);

    internal static async Task<(RequestBody? Body, IntakeReport? Problem)> Read(
        HttpRequest request, int limit, TimeSpan patience, params MemoryBudget[] budgets)
    {
        if (request.ContentLength > limit) return (null, TooLarge(limit));
        var body = new RequestBody(budgets);
        var gone = request.HttpContext.RequestAborted;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone);
        stop.CancelAfter(patience);
        try
        {
            if (await body.Fill(request.Body, limit, stop.Token) is not { } problem) return (body, null);
            body.Dispose();
            return (null, problem);
        }
        catch (BadHttpRequestException wrong)
        {
            body.Dispose();
            return (null, wrong.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge(limit),
                StatusCodes.Status408RequestTimeout => IntakeReport.Refusal(IntakeOutcome.TooSlow, "the body came too slowly"),
                _ => IntakeReport.Refusal(IntakeOutcome.Refused, wrong.Message),
            });
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            body.Dispose();
            return (null, IntakeReport.Refusal(IntakeOutcome.TooSlow, $"the body did not come within {patience.TotalSeconds:0} s"));
        }
        catch (Exception failure) when (gone.IsCancellationRequested || failure is IOException)
        {
            // Nobody reads the answer, but it is counted.
            body.Dispose();
            return (null, IntakeReport.Refusal(IntakeOutcome.TooSlow, "not all of the body came"));
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Takes room for more bytes of this payload, such as those that it has when it is decompressed.</summary>
    public bool TryTake(long bytes)
    {
        for (var i = 0; i < _budgets.Length; i++)
        {
            if (_budgets[i].TryTake(bytes, _taken)) continue;
            for (var taken = 0; taken < i; taken++) _budgets[taken].Release(bytes);
            return false;
        }

        _taken += bytes;
        return true;
    }

    /// <summary>Gives back room that was not needed.</summary>
    public void GiveBack(long bytes)
    {
        _taken -= bytes;
        foreach (var budget in _budgets) budget.Release(bytes);
    }

    /// <summary>Hands the room over to whoever holds the records now.</summary>
    /// <returns>Gives the room back.</returns>
    public Action HandOver()
    {
        var taken = _taken;
        _taken = 0;
        return () =>
        {
            foreach (var budget in _budgets) budget.Release(taken);
        };
    }

    public void Dispose()
    {
        if (_buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        HandOver()();
    }

    private async Task<IntakeReport?> Fill(Stream stream, int limit, CancellationToken stop)
    {
        while (true)
        {
            if (Length == _buffer.Length) Grow();
            var read = await stream.ReadAsync(_buffer.AsMemory(Length), stop);
            if (read == 0) return null;
            if (Length + read > limit) return TooLarge(limit);
            if (!TryTake(read)) return IntakeReport.Later(IntakeOutcome.Busy, "too much waits for Kafka", TimeSpan.FromSeconds(1));
            Length += read;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private static IntakeReport TooLarge(int limit) =>
        IntakeReport.Refusal(IntakeOutcome.TooLarge, $"the body has more than {limit} bytes (Collector:MaxBodyBytes)");
}
