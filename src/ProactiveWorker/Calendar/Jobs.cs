using B2D.Core;
using Quartz;

namespace B2D.ProactiveWorker.Calendar;

/// <summary>Quartz calls the promise clock every few seconds.</summary>
[DisallowConcurrentExecution]
public sealed class PromiseJob(PromiseClock clock, TimeProvider time) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        clock.Run(ServerTime.From(time.GetUtcNow()));
        return ValueTask.CompletedTask;
    }
}

/// <summary>Quartz calls retention every hour.</summary>
[DisallowConcurrentExecution]
public sealed class RetentionJob(Retention retention, TimeProvider time) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        retention.Run(ServerTime.From(time.GetUtcNow()), cancellationToken);
        return ValueTask.CompletedTask;
    }
}
