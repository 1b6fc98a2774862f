namespace B2D.Core.Rules.Files;

/// <summary>Reads rules of kind outage.</summary>
internal static class OutageReader
{
    public static OutageRule? Read(RuleDraft draft, RuleHeader header)
    {
        var map = draft.Map;
        References.Read(draft);
        map.Word("over", "segment");
        map.Require("when", "{ devices: 5, share: 40 %, within: 10m }");
        var (devices, share, within) = (0, 0.0, TimeSpan.Zero);
        if (map.Nested("when", "{ devices: 5, share: 40 %, within: 10m }") is { } when)
        {
            when.Require("devices", "5");
            when.Require("share", "40 %");
            when.Require("within", "10m");
            devices = when.Whole("devices", 2, 1_000_000, "5") ?? 0;
            share = when.Percent("share", 0, 1) ?? 0;
            within = when.Duration("within", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) ?? TimeSpan.Zero;
            when.Finish();
        }
        return new OutageRule
        {
            Id = header.Id,
            Title = header.Title,
            Version = header.Version,
            Text = header.Text,
            File = header.File,
            Line = header.Line,
            Was = header.Was,
            Words = header.Words,
            Of = References.Names(draft),
            Devices = devices,
            Share = share,
            Within = within,
            HoldBack = map.Duration("hold_back", TimeSpan.Zero, TimeSpan.FromDays(1), "2m") ?? TimeSpan.FromMinutes(2),
            MonitoringAt = map.Percent("monitoring_at", 0.01, 1, "recovered") ?? 0.8,
            ResolvedAfter = map.Duration("resolved_after", TimeSpan.Zero, TimeSpan.FromDays(7)) ?? TimeSpan.FromMinutes(10),
            Notice = ResponseReader.Notice(draft, remindable: false),
            Disruption = DisruptionReader.Read(map),
        };
    }
}
