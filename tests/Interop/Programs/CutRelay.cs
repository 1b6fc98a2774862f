using System.Net;
using System.Net.Sockets;
using System.Text;

namespace B2D.Interop.Programs;

/// <summary>Where a relay between a client and a server hangs up.</summary>
/// <param name="After">Words of the client with which it happens.</param>
/// <param name="Answered">The server gets them and answers, and the client does not hear it; false: the server does not get them.</param>
internal sealed record Cut(string After, bool Answered);

/// <summary>A line between a client and a server that breaks once: of the first connections each at its place; those after them hold.</summary>
internal sealed class CutRelay : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource ending = new();
    private readonly Task living;
    private int connections;

    public CutRelay(int port, int server, params Cut[] cuts)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        living = LiveAsync(server, cuts);
    }

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        await living;
        ending.Dispose();
    }

    private async Task LiveAsync(int server, Cut[] cuts)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ending.Token);
                var number = Interlocked.Increment(ref connections) - 1;
                open.Add(CarryAsync(client, server, number < cuts.Length ? cuts[number] : null));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
        await Task.WhenAll(open);
    }

    private async Task CarryAsync(TcpClient client, int server, Cut? cut)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isCut = false;
        using (client)
        using (var there = new TcpClient())
        {
            try
            {
                await there.ConnectAsync(IPAddress.Loopback, server, ending.Token);
                var back = BackAsync(there.GetStream(), client.GetStream());
                await ForthAsync(client.GetStream(), there.GetStream());
                if (!isCut)
                    await back;
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }

        async Task ForthAsync(NetworkStream from, NetworkStream to)
        {
            var (buffer, said) = (new byte[16 * 1024], new StringBuilder());
            while (await from.ReadAsync(buffer, ending.Token) is > 0 and var read)
            {
                if (cut is not null && said.Append(Encoding.Latin1.GetString(buffer, 0, read)).ToString().Contains(cut.After, StringComparison.Ordinal))
                {
                    Volatile.Write(ref isCut, true);
                    if (cut.Answered)
                    {
                        await to.WriteAsync(buffer.AsMemory(0, read), ending.Token);
                        await answered.Task.WaitAsync(ending.Token);
                    }
                    return;
                }
                await to.WriteAsync(buffer.AsMemory(0, read), ending.Token);
            }
        }

        async Task BackAsync(NetworkStream from, NetworkStream to)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await from.ReadAsync(buffer, ending.Token) is > 0 and var read)
                {
                    if (Volatile.Read(ref isCut))
                        answered.TrySetResult();
                    else
                        await to.WriteAsync(buffer.AsMemory(0, read), ending.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
            answered.TrySetResult();
        }
    }
}
