namespace B2D.Core.Alarms;

/// <summary>Why operators are told of an alarm now.</summary>
public enum TellReason : byte { None = 0, Raised = 1, Worse = 2, StillThere = 3, Over = 4 }

/// <summary>Whether operators are told: once when it is raised, again when it becomes worse and every few hours while it lasts, and when it is over.</summary>
public static class AlarmTelling
{
    /// <param name="told">The level that one receiver was told of; none where it was not told.</param>
    /// <param name="sinceTold">Time that passed since.</param>
    /// <param name="repeat">Between two words on the same alarm.</param>
    public static TellReason Decide(OwnAlarm alarm, AlarmLevel told, TimeSpan sinceTold, TimeSpan repeat) => (told, alarm.Until) switch
    {
        (AlarmLevel.None, null) => TellReason.Raised,
        // Over before anybody heard of it: nobody needs the all-clear.
        (AlarmLevel.None, _) => TellReason.None,
        (_, not null) => TellReason.Over,
        _ when alarm.Level > told => TellReason.Worse,
        _ when sinceTold >= repeat => TellReason.StillThere,
        _ => TellReason.None,
    };
}
