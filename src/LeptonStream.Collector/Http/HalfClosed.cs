using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace LeptonStream.Collector.Http;

/// <summary>
/// Senders that end their half of a connection with their request, and read on (<c>nc -N</c>): they get their answer. Kestrel takes the end
/// of one half for the end of both. So the end is said to it later: that of the connection when a request has had the time to be answered,
/// and that of the bytes when all before it were taken.
/// </summary>
internal static class HalfClosed
{
    // More than an answer takes. Whoever has gone altogether holds the connection for no longer than the request is worked on.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Serves a connection.</summary>
    public static async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        using var closed = new CancellationTokenSource();
        await using var heard = connection.ConnectionClosed.Register(() => closed.CancelAfter(Patience));
        connection.ConnectionClosed = closed.Token;
        connection.Transport = new Pipe(new EndLast(connection.Transport.Input), connection.Transport.Output);
        await next(connection);
    }

    private sealed record Pipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Says that the bytes have ended when there are none left, or a reader has seen the last and waits for more.</summary>
    private sealed class EndLast(PipeReader bytes) : PipeReader
    {
        private SequencePosition _end;
        private bool _isHidden;
        private bool _wantsMore;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            Shown(await bytes.ReadAsync(cancellationToken));

        public override bool TryRead(out ReadResult result)
        {
            if (!bytes.TryRead(out result)) return false;
            result = Shown(result);
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _wantsMore = _isHidden && examined.Equals(_end) && !consumed.Equals(_end);
            bytes.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => bytes.CancelPendingRead();

        public override void Complete(Exception? exception = null) => bytes.Complete(exception);

        private ReadResult Shown(ReadResult result)
        {
            _isHidden = result.IsCompleted && !result.Buffer.IsEmpty && !_wantsMore;
            if (!_isHidden) return result;
            _end = result.Buffer.End;
            return new(result.Buffer, result.IsCanceled, isCompleted: false);
        }
    }
}
