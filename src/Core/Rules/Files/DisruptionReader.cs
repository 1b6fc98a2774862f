using B2D.Core.Notices;

namespace B2D.Core.Rules.Files;

/// <summary>Reads takes_down, still_works and warning of faults and outages.</summary>
internal static class DisruptionReader
{
    private const int MaxText = 500;

    public static Disruption Read(MapReader map)
    {
        var down = ChannelSet.None;
        foreach (var word in map.Words("takes_down", "[ email, app ]", ChannelSet.Names.Length))
        {
            if (Values.Word(map, word, [.. ChannelSet.Names]) is { } name && ChannelSet.Named(name) is { } channel)
                down = down.With(channel);
        }
        return new Disruption(down, map.Text("still_works", MaxText) ?? "", map.Text("warning", MaxText) ?? "");
    }
}
