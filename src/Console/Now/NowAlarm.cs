using B2D.Core.Alarms;
using B2D.Storage.Alarms;

namespace B2D.Console.Now;

/// <summary>A trouble of B2D itself, with what to do about it.</summary>
/// <param name="Level"><c>Critical</c> or <c>Warning</c>.</param>
/// <param name="Seen">A person has seen it.</param>
public sealed record NowAlarm(string Key, string Level, string Title, string Detail, string WhatToDo, long SinceAt, bool Seen)
{
    /// <summary>
    /// What the program knows of itself at this moment, then what evaluation has written. What the database says of the former is older, and cannot be newer
    /// while it cannot be written.
    /// </summary>
    public static IReadOnlyList<NowAlarm> Of(IReadOnlyList<OwnAlarm> known, IReadOnlyList<OwnAlarmRow> rows)
    {
        var seen = rows.Where(r => r.SeenBy.Length > 0).Select(r => r.Key).ToHashSet();
        return
        [
            .. known.Select(a => new NowAlarm(a.Key, a.Level.ToString(), a.Title, a.Detail, a.WhatToDo, a.Since.EpochMs, seen.Contains(a.Key))),
            .. rows.Where(r => !Enum.TryParse<AlarmKind>(r.Kind, out _) && known.All(k => k.Key != r.Key)).Select(r => new NowAlarm(
                r.Key, nameof(AlarmLevel.Warning), AlarmWords.TitleOf(r.Kind), r.Detail, AlarmWords.WhatToDo(r.Kind), r.SinceAt, r.SeenBy.Length > 0)),
        ];
    }
}
