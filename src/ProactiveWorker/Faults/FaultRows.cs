using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Core.Devices;
using B2D.Storage.Devices;
using B2D.Storage.Faults;

namespace B2D.ProactiveWorker.Faults;

/// <summary>What the row of every new episode has, however it was found.</summary>
internal static class FaultRows
{
    public static FaultRow New(DeviceRow? registered, DeviceId device, FaultRule rule, EpisodeId episode, DeviceTime onset, ServerTime raisedAt) => new()
    {
        Device = device.Value,
        Rule = rule.Id,
        Title = rule.Title,
        RuleVersion = rule.Version,
        Episode = episode.ToString(),
        Kind = rule.Kind.ToString(),
        Class = rule.Class,
        Family = rule.Case?.Family ?? rule.Id,
        RaisedAt = raisedAt.EpochMs,
        OnsetAt = onset.EpochMs,
        Shadow = rule.Shadow,
        Segment = registered?.Segment ?? "",
        Customer = registered?.Customer ?? "",
    };
}
