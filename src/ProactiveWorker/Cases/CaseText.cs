using System.Globalization;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Rules.Expressions;
using B2D.ProactiveWorker.Faults;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Remedies;

namespace B2D.ProactiveWorker.Cases;

/// <summary>The words of a case: one sentence first, plain, without field names.</summary>
internal static class CaseText
{
    /// <summary>What happened, why B2D says so, and what was tried.</summary>
    public static string Summary(Db db, FaultRow fault, FaultRule rule, DeviceRow? device, EscalationReason reason)
    {
        var model = device is { Model.Length: > 0 } ? $" ({device.Model})" : "";
        var why = rule.Kind switch
        {
            FaultKind.Codes => $"it reported {string.Join(" or ", rule.Codes)}",
            FaultKind.Silence when reason == EscalationReason.ParentIsWell && device is { Parent.Length: > 0 } => $"it has not been heard, while {device.Parent}, which it reports through, has",
            FaultKind.Silence => "it has not been heard",
            _ => $"{Said(rule, device)}{(rule.Hold > TimeSpan.Zero ? $" for {Evidence.Duration(rule.Hold)}" : "")}",
        };
        var tried = rule.Remedy is null ? [] : CommandStore.List(db, new CommandFilter { Device = fault.Device, Episode = fault.Episode, Rule = rule.Id, Limit = 10 });
        var remedy = tried.Count == 0 ? "" : $" B2D sent {string.Join(", ", tried.Select(c => c.Name.Replace('_', ' ')).Distinct())}: {Why(reason)}.";
        var consequence = rule.Catalog.Consequence.Length > 0 ? $" {Sentence(rule.Catalog.Consequence)}" : "";
        return $"{rule.Title} on {fault.Device}{model}: {why}.{Behind(db, fault, rule)}{remedy}{consequence}";
    }

    /// <summary>The condition with the values that this device's parameters have.</summary>
    private static string Said(FaultRule rule, DeviceRow? device)
    {
        var own = device is null ? rule.Params.Select(p => p.Default) : ParameterTable.Resolve(rule, device.ToDevice());
        var values = rule.Params.Zip(own).ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal);
        return ConditionWords.Of(rule.Raise!.Text, name => values.TryGetValue(name, out var value) ? value : null);
    }

    /// <summary>What else is out of reach while a gateway is.</summary>
    private static string Behind(Db db, FaultRow fault, FaultRule rule)
    {
        var children = rule.Kind == FaultKind.Silence ? DeviceStore.Count(db, new DeviceFilter { Parent = fault.Device }) : 0;
        return children switch
        {
            0 => "",
            1 => " Another device reports through it.",
            _ => string.Create(CultureInfo.InvariantCulture, $" {children} devices report through it."),
        };
    }

    /// <summary>The first line of a case's timeline.</summary>
    public static string Opened(FaultRule rule, EscalationReason reason) => reason == EscalationReason.Chronic
        ? string.Create(CultureInfo.InvariantCulture, $"Opened: {rule.Title} was healed again and again")
        : $"Opened: {rule.Title}";

    /// <summary>Why a person is needed.</summary>
    public static string Why(EscalationReason reason) => reason switch
    {
        EscalationReason.NoRemedy => "the rule knows no remedy that the device could carry out itself",
        EscalationReason.RemedyCapReached => "the remedy was tried as often as it may be",
        EscalationReason.RemedyNotVerified => "it was carried out, but telemetry does not show that it helped",
        EscalationReason.RemedyFailed => "the device says that it failed",
        EscalationReason.RemedyNeverDelivered => "it did not reach the device in time",
        EscalationReason.Chronic => "healed three times in 14 days; that is no success",
        EscalationReason.SafetyClass => "safety: a person is told at once",
        EscalationReason.ShelfEnded => "the time it was silenced for is over and it is still there",
        EscalationReason.NotExplained => "nothing that it waited for explains it",
        EscalationReason.HoursBegan => "it began outside the hours of its rule, and is still there",
        EscalationReason.ParentIsWell => "the device it reports through is heard, and this one is not",
        _ => reason.ToString(),
    };

    /// <summary>The catalogue's response, one step a line or part between semicolons.</summary>
    public static IEnumerable<string> Steps(Catalog catalog) => catalog.Response
        .Split(['\n', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(Sentence)
        .Take(20);

    private static string Sentence(string text)
    {
        var trimmed = text.Trim();
        return trimmed.Length == 0 ? "" : char.ToUpperInvariant(trimmed[0]) + trimmed[1..] + (trimmed[^1] is '.' or '!' or '?' ? "" : ".");
    }
}
