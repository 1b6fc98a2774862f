using System.Collections.Immutable;

namespace B2D.Core.Rules.Expressions;

/// <summary>What a condition can read of a device; all are texts, empty where unknown.</summary>
internal static class DeviceProperties
{
    /// <summary>By name after <c>device.</c>.</summary>
    public static readonly ImmutableSortedDictionary<string, TextTerm> Readers = new Dictionary<string, TextTerm>
    {
        ["id"] = static (in s) => s.Device.Id.Value,
        ["model"] = static (in s) => s.Device.Model,
        ["firmware"] = static (in s) => s.Device.Firmware,
        ["serial"] = static (in s) => s.Device.Serial,
        ["segment"] = static (in s) => s.Device.Segment.Path,
        ["parent"] = static (in s) => s.Device.Parent?.Value ?? "",
        ["customer"] = static (in s) => s.Device.Customer,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
