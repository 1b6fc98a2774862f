using B2D.Core.Contacts;
using Xunit;

namespace B2D.Core.Tests.Contacts;

public sealed class CallerSayTests
{
    private static readonly ServerTime Now = new(10 * 86_400_000L);

    [Theory]
    [InlineData("", "NoDevice")]
    [InlineData("device", "Works")]
    [InlineData("device ahead", "PlannedAhead")]
    [InlineData("device silent", "Silent")]
    [InlineData("device silent faulty", "Faulty")]
    [InlineData("device faulty over", "Faulty")]
    [InlineData("device over", "OutageOver")]
    [InlineData("device over ahead", "OutageOver")]
    [InlineData("device resolved", "CaseOver")]
    [InlineData("device over resolved", "OutageOver")]
    [InlineData("device back", "OutageBack")]
    [InlineData("device back down", "OutageDown")]
    [InlineData("device work", "PlannedRuns")]
    [InlineData("device work down", "OutageDown PlannedRuns")]
    [InlineData("device case", "CaseOpen")]
    [InlineData("device case down", "OutageDown CaseOpen")]
    [InlineData("device case back", "CaseOpen OutageBack")]
    [InlineData("device danger case down", "Danger OutageDown")]
    [InlineData("device danger", "Danger")]
    [InlineData("device held", "OutageHeld")]
    [InlineData("device held down", "OutageDown")]
    [InlineData("device held case", "OutageHeld CaseOpen")]
    [InlineData("device held silent", "OutageHeld Silent")]
    public void Decide_ByWhatIsKnown_SaysWhatMattersFirst(string known, string expected)
    {
        var words = known.Split(' ');
        var facts = new CallerFacts
        {
            HasDevice = words.Contains("device"),
            Danger = words.Contains("danger"),
            CaseOpen = words.Contains("case"),
            OutageDown = words.Contains("down"),
            OutageBack = words.Contains("back"),
            OutageHeld = words.Contains("held"),
            PlannedRuns = words.Contains("work"),
            PlannedAhead = words.Contains("ahead"),
            Faulty = words.Contains("faulty"),
            Silent = words.Contains("silent"),
            OutageOverAt = words.Contains("over") ? Now - TimeSpan.FromHours(1) : ServerTime.Zero,
            CaseOverAt = words.Contains("resolved") ? Now - TimeSpan.FromHours(2) : ServerTime.Zero,
        };
        Assert.Equal(expected, string.Join(' ', CallerSay.Decide(facts, Now)));
    }

    [Theory]
    [InlineData(86_400_000 - 1, CallerReason.OutageOver)]
    [InlineData(86_400_000, CallerReason.Works)]
    public void Decide_OverSince_IsSaidForADay(long ago, CallerReason expected) =>
        Assert.Equal([expected], CallerSay.Decide(new CallerFacts { HasDevice = true, OutageOverAt = new ServerTime(Now.EpochMs - ago) }, Now));
}
