using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>
/// One fault along a time-line in seconds. Events come in order of server time; every tick that the machine asked for runs before the event
/// that follows it, with the instant that was asked for. What the outside would see is noted as text.
/// </summary>
internal sealed class FaultTimeline(FaultRule rule)
{
    private long offset;

    public FaultState State { get; private set; }

    /// <summary>One line for each change, <c>second change reason</c>.</summary>
    public List<string> Changes { get; } = [];

    public FaultReason Reason { get; private set; }

    /// <summary>A live sample: device and server clock agree.</summary>
    public FaultTimeline Live(double at, bool raise, Severity severity = Severity.High) => Sample(at, at, true, raise, !raise, severity);

    /// <summary>A late sample: measured at <paramref name="at"/>, heard at <paramref name="heard"/>.</summary>
    public FaultTimeline Late(double at, double heard, bool raise) => Sample(at, heard, false, raise, !raise, Severity.High);

    public FaultTimeline Sample(double at, double heard, bool live, bool raise, bool clear, Severity severity = Severity.High) =>
        Do(heard, new FaultEvent.Sample(Of(raise), Of(clear), severity, Device(at), live, Entry()));

    public FaultTimeline Unknown(double at) => Do(at, new FaultEvent.Sample(Truth.Unknown, Truth.Unknown, Severity.High, Device(at), true, Entry()));

    public FaultTimeline Set(double at, int code = 0, bool live = true, double? heard = null) =>
        Do(heard ?? at, new FaultEvent.Code(code, CodeState.Set, Device(at), live, Entry()));

    public FaultTimeline Reset(double at, int code = 0, bool live = true, double? heard = null) =>
        Do(heard ?? at, new FaultEvent.Code(code, CodeState.Clear, Device(at), live, Entry()));

    public FaultTimeline Elapsed(double at, double? heard = null) => Do(heard ?? at, new FaultEvent.Elapsed(Device(at)));

    /// <summary>Nothing happens until then; ticks run.</summary>
    public FaultTimeline Until(double second)
    {
        var until = Server(second);
        for (var ticks = 0; State.WakeAt != ServerTime.Zero && State.WakeAt <= until; ticks++)
        {
            Assert.True(ticks < 10, $"ticks do not end: {State}");
            Step(new FaultEvent.Tick(), State.WakeAt);
        }
        return this;
    }

    public FaultTimeline Do(double heard, FaultEvent happened)
    {
        Until(heard);
        Step(happened, Server(heard));
        return this;
    }

    /// <summary>Asserts all changes so far, in order.</summary>
    public FaultTimeline Expect(params string[] changes)
    {
        Assert.Equal(changes, Changes);
        return this;
    }

    private static Truth Of(bool value) => value ? Truth.True : Truth.False;

    private EpisodeId Entry() => new(0, ++offset);

    private void Step(FaultEvent happened, ServerTime now)
    {
        var existed = State.Exists;
        var result = FaultStep.Step(State, happened, rule, now);
        (State, Reason) = (result.State, result.Reason);
        Assert.Equal(result.Change switch { FaultChange.Raised => true, FaultChange.Cleared => false, _ => existed }, State.Exists);
        Assert.True(result.Change != FaultChange.Raised || !existed, "raised twice");
        if (result.Change != FaultChange.None)
            Changes.Add(FormattableString.Invariant($"{(now.EpochMs - Epoch) / 1000.0:0.###} {result.Change} {result.Reason}"));
    }
}
