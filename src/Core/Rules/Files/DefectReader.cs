using System.Collections.Immutable;

namespace B2D.Core.Rules.Files;

/// <summary>Reads rules of kind defect.</summary>
internal static class DefectReader
{
    private static readonly string[] Dimensions = ["model", "firmware", "serial"];

    public static DefectRule? Read(RuleDraft draft, RuleHeader header)
    {
        var map = draft.Map;
        References.Read(draft);
        map.Require("over", "[ model, firmware ]");
        var over = map.Words("over", "[ model, firmware ]", Dimensions.Length).Select(w => Values.Word(map, w, Dimensions)).OfType<string>().ToImmutableArray();
        map.Require("when", "{ devices: 20, rate_ratio: 3 }");
        var (devices, ratio, against, confidence, within) = (0, 0.0, "", 0.99, TimeSpan.FromDays(30));
        if (map.Nested("when", "{ devices: 20, rate_ratio: 3 }") is { } when)
        {
            when.Require("devices", "20");
            when.Require("rate_ratio", "3.0");
            devices = when.Whole("devices", 2, 1_000_000, "20") ?? 0;
            ratio = when.Number("rate_ratio", 1, 1000, "3.0") ?? 1;
            against = when.Word("against", "other model", "other firmware", "other serial") ?? "";
            confidence = when.Percent("confidence", 0.5, 0.9999) ?? 0.99;
            within = when.Duration("within", TimeSpan.FromHours(1), TimeSpan.FromDays(366)) ?? within;
            if (against.Length > 0 && over.Length > 0 && !over.Contains(against["other ".Length..]))
                map.Problems.Error(when.KeyPosition("against"), $"'{against}' is not among what the defect is over", $"over is {string.Join(", ", over)}");
            when.Finish();
        }
        return new DefectRule
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
            Over = over,
            Devices = devices,
            RateRatio = ratio,
            Against = against,
            Confidence = confidence,
            Within = within,
            Batch = map.Whole("batch", 1, 12, "3") ?? 3,
        };
    }
}
