using B2D.Console;
using B2D.Core.Alarms;
using B2D.Host.Metrics;

namespace B2D.Host.Desks;

/// <summary>How the program itself is, for /health, /readyz, /metrics and the start page.</summary>
internal sealed class HostHealth(Installation installation) : IHealth
{
    public IReadOnlyList<NotReady> NotReady
    {
        get
        {
            var found = installation.Problems.Select(p => new NotReady(p.Loop, p.Reason)).ToList();
            if (installation.Gateway.Health is { IsGood: false } stopped)
                found.Add(new NotReady("ingest", stopped.Reason!));
            if (Lag > installation.Options.Care.EvaluationLag)
                found.Add(new NotReady("worker", $"evaluation is {Lag.TotalSeconds:0} s behind"));
            return found;
        }
    }

    public IReadOnlyList<OwnAlarm> Alarms => installation.Alarms.Loop.Open;

    public TimeSpan Lag => installation.Lag;

    public IReadOnlyList<Measure> Measures => HostMetrics.Of(installation);
}
