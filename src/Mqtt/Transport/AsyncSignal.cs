using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace B2D.Mqtt.Transport;

/// <summary>
/// Wakes one waiting loop; a signal given while nobody waits is remembered (once). Costs no allocation per wait. The woken loop continues where
/// <paramref name="scheduler"/> has it run, or on the pool; never on the stack of whoever signals.
/// </summary>
/// <param name="scheduler">The thread of the connection's transport, where it has one.</param>
internal sealed class AsyncSignal(PipeScheduler? scheduler = null) : IValueTaskSource
{
    private static readonly Action<object?> _wake = static signal => ((AsyncSignal)signal!)._source.SetResult(true);

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = scheduler == null };
    private bool _waiting;
    private bool _set;

    public void Set()
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                _set = true;
                return;
            }
            _waiting = false;
        }
        if (scheduler == null)
            _source.SetResult(true);
        else
            scheduler.Schedule(_wake, this);
    }

    /// <summary>Completes at the next <see cref="Set"/>. At most one waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_set)
            {
                _set = false;
                return ValueTask.CompletedTask;
            }
            _source.Reset();
            _waiting = true;
            return new ValueTask(this, _source.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
