using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using B2D.Core.Rules.Expressions;

namespace B2D.Core.Rules.Files;

/// <summary>Reads all files of a set, then checks the rules against each other.</summary>
internal sealed class SetReading
{
    /// <summary>Most rules of one set.</summary>
    public const int MaxRules = 1000;

    private static readonly string[] Kinds = ["fault", "due", "outage", "defect", "calendar"];

    private readonly List<RuleProblem> problems = [];
    private readonly List<RuleDraft> drafts = [];
    private readonly List<CalendarDraft> calendars = [];
    private readonly MetricTable metrics = new();
    private int items;

    public void Add(RuleFile file)
    {
        var found = new FileProblems(file.Name, problems);
        foreach (var item in RuleItems.Of(file, found))
        {
            if (++items == MaxRules + 1)
                found.Error(item.Position, $"there are more than {MaxRules} rules", "merge rules that differ only in a limit, with params");
            if (items <= MaxRules)
                AddRule(item, found);
        }
    }

    /// <param name="alone">Calendars that rules name need not be there.</param>
    /// <param name="kept">It ran before: templates that rules name need not be there, and what was allowed then is.</param>
    public RuleCheck Finish(IReadOnlyList<RuleFile> files, bool alone, bool kept)
    {
        SetCheck.Run(drafts);
        if (!alone)
            SetCheck.RunCalendars(drafts, calendars);
        if (!kept)
            SetCheck.RunNewOnly(drafts);
        SetLints.Run(drafts);
        var rules = drafts.Select(d => d.Rule).OfType<Rule>().ToList();
        var sorted = problems.OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column).ToImmutableArray();
        var set = sorted.Any(p => p.Level == ProblemLevel.Error) ? null : new RuleSet
        {
            Hash = Hash(files),
            Metrics = [.. metrics.Names],
            Windows = [.. metrics.Windows],
            Reach = metrics.Reach,
            Codes = [.. metrics.Codes],
            Changes = [.. metrics.Changes],
            Fleet = [.. metrics.Fleet],
            Faults = [.. rules.OfType<FaultRule>()],
            Dues = [.. rules.OfType<DueRule>()],
            Outages = [.. rules.OfType<OutageRule>()],
            Defects = [.. rules.OfType<DefectRule>()],
            Calendars = calendars.ToImmutableSortedDictionary(c => c.Name.Value, c => c.Calendar, StringComparer.Ordinal),
        };
        return new RuleCheck(set, sorted) { GoodRules = rules.Count };
    }

    /// <summary>Names and texts with their lengths, so that no text can pass for the beginning of the next file.</summary>
    private static string Hash(IReadOnlyList<RuleFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            foreach (var part in (ReadOnlySpan<string>)[file.Name, file.Text])
            {
                var bytes = Encoding.UTF8.GetBytes(part);
                hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
                hash.AppendData(bytes);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void AddRule(SourceNode item, FileProblems found)
    {
        if (item is not MapNode map)
        {
            found.Error(item.Position, "a rule is a map of keys", "begin it with - fault: pump-error, or due, outage, defect, calendar");
            return;
        }
        var written = map.Entries.Where(e => Kinds.Contains(e.Key.Value)).ToList();
        if (written.Count == 0)
        {
            var near = map.Entries.Select(e => (e.Key, Near: Nearest.To(e.Key.Value, Kinds))).FirstOrDefault(e => e.Near is not null);
            found.Error((near.Key ?? item).Position, "a rule begins with one of fault, due, outage, defect, calendar", near.Near is null ? "write - fault: pump-error" : $"did you mean {near.Near}?");
            return;
        }
        if (written.Count > 1)
        {
            found.Error(written[1].Key.Position, $"a rule is either {written[0].Key.Value} or {written[1].Key.Value}", "begin a new rule with a dash");
            return;
        }
        ReadRule(written[0].Key.Value, map, found);
    }

    private void ReadRule(string kind, MapNode map, FileProblems found)
    {
        var before = found.Errors;
        var reader = new MapReader(map, kind, found);
        if (reader.Scalar(kind, "pump-error") is not { } idNode)
            return;
        Values.IsName(reader, idNode);
        if (kind == "calendar")
        {
            calendars.Add(new CalendarDraft(idNode, CalendarReader.Read(reader, idNode), found));
            return;
        }
        var draft = new RuleDraft(kind, idNode.Value, idNode, reader, metrics);
        var header = RuleHeader.Read(draft, kind is "fault" or "due");
        Rule? rule = kind switch
        {
            "fault" => FaultReader.Read(draft, header),
            "due" => DueReader.Read(draft, header),
            "outage" => OutageReader.Read(draft, header),
            _ => DefectReader.Read(draft, header),
        };
        reader.Finish();
        draft.Rule = found.Errors == before ? rule : null;
        drafts.Add(draft);
    }
}
