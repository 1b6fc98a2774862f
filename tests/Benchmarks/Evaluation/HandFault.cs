using System.Numerics;
using B2D.Core.Rules;

namespace B2D.Benchmarks.Evaluation;

/// <summary>A fault as it was found, by the server's clock in ms; <see cref="Cleared"/> is 0 while it is there.</summary>
internal sealed record FoundFault(string Device, string Rule, long Raised)
{
    public long Cleared { get; set; }

    public Severity Severity { get; set; }
}

/// <summary>How long and how often something must be so; milliseconds, and n of the last m samples.</summary>
internal sealed record HandTiming(string Rule, long Hold = 0, long Release = 0, long MaxGap = 600_000, int Raise = 1, int RaiseOf = 1, int Clear = 1)
{
    public uint RaiseMask { get; } = (1u << RaiseOf) - 1;

    public uint ClearMask { get; } = (1u << Clear) - 1;
}

/// <summary>One condition of one device with hold, release, samples and gap, written by hand.</summary>
internal struct HandFault
{
    private FoundFault? fault;
    private long since;
    private long lastAt;
    private long lastHeard;
    private uint raises;
    private uint clears;
    private Severity severity;
    private bool isPending;
    private bool isClearing;

    /// <summary>A message says that it is so, that it is over, or neither.</summary>
    public void Take(HandTiming timing, bool raise, bool clear, Severity serious, long at, long now, HandDevice device)
    {
        if (lastHeard != 0 && at - lastAt > timing.MaxGap)
            (raises, clears, since) = (0, 0, at);
        (lastAt, lastHeard) = (at, now);
        raises = (raises << 1) | (raise ? 1u : 0);
        clears = (clears << 1) | (clear ? 1u : 0);
        if (fault is null)
        {
            severity = serious;
            var isAsserted = BitOperations.PopCount(raises & timing.RaiseMask) >= timing.Raise;
            if (isAsserted && !isPending)
                (isPending, since) = (true, at);
            else if (!isAsserted)
                isPending = false;
            if (isPending && at - since >= timing.Hold)
                Raise(timing, now, device);
        }
        else
            TakeExisting(timing, serious, at, now);
        AskToWake(timing, device);
    }

    /// <summary>Time passes: what is pending or clearing for as long as the gap allows goes on.</summary>
    public void Elapse(HandTiming timing, long now, HandDevice device)
    {
        if (isPending && lastHeard + Left(timing, timing.Hold) is var raised && raised <= now)
            Raise(timing, raised, device);
        else if (isClearing && lastHeard + Left(timing, timing.Release) is var cleared && cleared <= now)
            End(cleared);
        AskToWake(timing, device);
    }

    private readonly void AskToWake(HandTiming timing, HandDevice device)
    {
        if (isPending)
            device.WakeBy(lastHeard + Left(timing, timing.Hold));
        else if (isClearing)
            device.WakeBy(lastHeard + Left(timing, timing.Release));
    }

    private void TakeExisting(HandTiming timing, Severity serious, long at, long now)
    {
        if (BitOperations.PopCount(clears & timing.ClearMask) < timing.Clear)
        {
            isClearing = false;
            severity = serious;
            fault!.Severity = serious > fault.Severity ? serious : fault.Severity;
            return;
        }
        if (!isClearing)
            (isClearing, since) = (true, at);
        if (at - since >= timing.Release)
            End(now);
    }

    private readonly long Left(HandTiming timing, long needed) => needed - (lastAt - since) is var left && left <= timing.MaxGap ? left : long.MaxValue / 2;

    private void Raise(HandTiming timing, long now, HandDevice device)
    {
        fault = new FoundFault(device.Id, timing.Rule, now) { Severity = severity };
        device.Found.Add(fault);
        (isPending, clears) = (false, 0);
    }

    private void End(long now)
    {
        fault!.Cleared = now;
        (fault, isClearing, raises) = (null, false, 0);
    }
}
