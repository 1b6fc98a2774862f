using B2D.Core.Cases;
using B2D.Core.Rules;
using NodaTime;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class CalendarTests
{
    private const string Office = """
        - calendar: office
          zone: Europe/Lisbon
          week: { mon-thu: [ "08:00-12:00", "13:00-18:00" ], "fri,sun": "08:00-12:00" }
          holidays: [ 2026-12-24, 12-25 ]

        """;

    [Fact]
    public void Read_CaseWithPromises_HasAllItsKeys()
    {
        var set = RuleFiles.Good(Office + """
            - fault: a
              codes: E1
              case: { respond: 1h, repair: 8h, hours: office, from: opening, contracts: { gold: { respond: 30m }, iron: { hours: always, from: onset, repair: 4h } } }
            """);
        var promises = set.Faults[0].Case!.Promises!;
        var usual = new CasePromise(TimeSpan.FromHours(1), TimeSpan.FromHours(8), "office", true);
        Assert.Equal(usual, promises.Usual);
        Assert.Equal(["gold", "iron"], promises.Contracts.Keys);
        Assert.Equal(usual with { Respond = TimeSpan.FromMinutes(30) }, promises.Contracts["gold"]);
        Assert.Equal(usual with { Hours = "always", FromOpening = false, Repair = TimeSpan.FromHours(4) }, promises.Contracts["iron"]);
        Assert.Equal("Europe/Lisbon", set.Calendar("office").Zone.Id);
        Assert.Same(BusinessCalendar.Always, set.Calendar("always"));
        Assert.Same(BusinessCalendar.Always, set.Calendar("gone"));
    }

    [Fact]
    public void Read_CaseWithout_PromisesNothing() => Assert.Null(RuleFiles.Good("- fault: a\n  codes: E1\n  case: { family: f }\n").Faults[0].Case!.Promises);

    [Theory]
    [InlineData("2026-11-05T17:30", true)]  // Thursday
    [InlineData("2026-11-05T12:30", false)]
    [InlineData("2026-11-06T17:30", false)] // Friday
    [InlineData("2026-11-07T09:00", false)] // Saturday
    [InlineData("2026-11-08T09:00", true)]  // Sunday
    [InlineData("2026-12-24T09:00", false)]
    [InlineData("2028-12-25T09:00", false)]
    [InlineData("2029-12-24T09:00", true)]
    public void Read_Calendar_IsOpenWhenItSays(string at, bool open)
    {
        var set = RuleFiles.Good(Office + "- fault: a\n  codes: E1\n  case: { repair: 8h, hours: office }\n");
        Assert.Equal(open, set.Calendar("office").IsOpen(ServerTime.From(DateTimeOffset.Parse(at + "Z", System.Globalization.CultureInfo.InvariantCulture))));
    }

    // Line and column of the one problem, part of its message, part of its hint.
    [Theory]
    [InlineData("- calendar: a\n  week: { mon: \"08:00-12:00\" }", 1, 3, "calendar needs 'zone'", "Europe/Lisbon")]
    [InlineData("- calendar: a\n  zone: Etc/UTC", 1, 3, "calendar needs 'week'", "mon-fri")]
    [InlineData("- calendar: a\n  zone: Europe/Lissbon\n  week: { mon: \"08:00-12:00\" }", 2, 9, "is no time zone", "did you mean Europe/Lisbon?")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { }", 3, 9, "'week' has no day", "mon-fri")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { monday: \"08:00-12:00\" }", 3, 11, "'monday' is no day", "mon, tue")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon-fri: \"08:00-12:00\", fri: \"08:00-12:00\" }", 3, 35, "has its periods already", "each day once")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: [ \"08:00-12:00\", \"11:00-13:00\" ] }", 3, 33, "lies over another period", "holds both")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: \"22:00-06:00\" }", 3, 16, "ends before it begins", "over midnight write two")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: \"8-12\" }", 3, 16, "'8-12' is no time", "08:00-12:00")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: [] }", 3, 16, "'mon' is empty", "08:00-12:00")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: \"08:00-12:00\" }\n  holidays: [ 25.12. ]", 4, 15, "'25.12.' is no day", "12-25 for each year")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: \"08:00-12:00\" }\n  holidays: [ 2026-02-30 ]", 4, 15, "'2026-02-30' is no day", "2026-12-26")]
    [InlineData("- calendar: always\n  zone: Etc/UTC\n  week: { mon: \"08:00-12:00\" }", 1, 13, "time without any break", "another name")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: \"08:00-12:00\" }\n  holiday: [ 12-25 ]", 4, 3, "calendar has no key 'holiday'", "did you mean holidays?")]
    [InlineData("- calendar: a\n  zone: Etc/UTC\n  week: { mon: \"08:00-12:00\" }\n- calendar: a\n  zone: Etc/UTC\n  week: { mon: \"08:00-12:00\" }", 4, 13, "the calendar a is written twice", "rules.yaml:1")]
    [InlineData("- fault: a\n  codes: E1\n  case: { repair: 8h, hours: ofice }\n- calendar: office\n  zone: Etc/UTC\n  week: { mon: \"08:00-12:00\" }", 3, 30, "there is no calendar ofice", "did you mean office?")]
    [InlineData("- fault: a\n  codes: E1\n  case: { hours: always }", 3, 11, "'hours' says nothing without a promise", "add respond or repair")]
    [InlineData("- fault: a\n  codes: E1\n  case: { repair: 10s }", 3, 19, "repair is 10s", "1m to 366d")]
    [InlineData("- fault: a\n  codes: E1\n  case: { repair: 8h, from: begin }", 3, 29, "'begin' is not known here", "onset, opening")]
    [InlineData("- fault: a\n  codes: E1\n  case: { repair: 8h, contracts: { Gold: { repair: 4h } } }", 3, 36, "'Gold' is no name", "gold")]
    [InlineData("- fault: a\n  codes: E1\n  case: { repair: 8h, contracts: { gold: { repiar: 4h } } }", 3, 44, "gold has no key 'repiar'", "did you mean repair?")]
    public void Read_Wrong_NamesPlaceMessageAndHint(string yaml, int line, int column, string message, string hint)
    {
        var problem = Assert.Single(RuleFiles.Read(yaml).Problems, p => p.Level == ProblemLevel.Error);
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CalendarThatNoCaseNames_IsALint() => Assert.Contains("no case counts in the hours of the calendar office",
        Assert.Single(RuleFiles.Read(Office + "- fault: a\n  codes: E1\n  case: {}\n").Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void ReadAlone_RuleThatNamesACalendar_IsReadWithoutIt() => Assert.Equal("office", RuleSetReader.ReadAlone("fault: a\ncodes: E1\ncase: { repair: 8h, hours: office }")!.Faults[0].Case!.Promises!.Usual.Hours);
}
