using System.IO.Pipelines;

namespace B2D.Mqtt.Transport;

/// <summary>A connection that is served on a thread of its transport's own.</summary>
internal interface IScheduledTransport
{
    /// <summary>Runs work on that thread, in order.</summary>
    PipeScheduler Scheduler { get; }
}
