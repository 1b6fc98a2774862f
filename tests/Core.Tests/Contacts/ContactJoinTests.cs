using B2D.Core.Contacts;
using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Contacts;

public sealed class ContactJoinTests
{
    private static readonly ContactCase Pump = new(12, "HP-1", FaultClass.Ordinary);
    private static readonly ContactCase Gas = new(11, "HP-1", FaultClass.Safety);
    private static readonly ContactCase Boiler = new(13, "CM-1", FaultClass.Ordinary);
    private static readonly ContactCase Over = new(14, "CM-1", FaultClass.Ordinary) { IsResolved = true };
    private static readonly ContactOutage Cabinet = new(3, ["RT-1"]);
    private static readonly ContactOutage Node = new(5, ["RT-2"]);

    /// <summary>Named case and outage, named device, the customer's open cases and outages; what it joins and why.</summary>
    public static TheoryData<string, long, long, string, ContactCase[], ContactOutage[], string> Table => new()
    {
        { "logged from a case", 9, 0, "HP-1", [Pump], [Cabinet], "case 9 CaseNamed" },
        { "logged from an outage", 0, 4, "HP-1", [Pump], [Cabinet], "outage 4 OutageNamed" },
        { "the device has an open case", 0, 0, "HP-1", [Boiler, Pump], [], "case 12 CaseOfDevice" },
        { "the case comes before the outage", 0, 0, "HP-1", [Pump], [Cabinet], "case 12 CaseOfDevice" },
        { "of two of the device, the one about safety", 0, 0, "HP-1", [Pump, Gas], [], "case 11 CaseOfDevice" },
        { "another device's case or outage is not it", 0, 0, "CM-1", [Pump], [Cabinet], "none NothingOpen" },
        { "the outage that has the device", 0, 0, "RT-1", [], [Node, Cabinet], "outage 3 OutageOfCustomer" },
        { "the newest outage", 0, 0, "", [], [Node, Cabinet], "outage 5 OutageOfCustomer" },
        { "no device, an outage and a case", 0, 0, "", [Pump], [Cabinet], "outage 3 OutageOfCustomer" },
        { "theirs is back, and a case is open", 0, 0, "", [Pump], [Cabinet with { IsBack = true }], "case 12 OnlyCase" },
        { "theirs is back, and nothing is open", 0, 0, "", [], [Cabinet with { IsBack = true }], "outage 3 OutageOfCustomer" },
        { "theirs is back in one and down in another", 0, 0, "", [Pump], [Node with { IsBack = true }, Cabinet], "outage 3 OutageOfCustomer" },
        { "theirs is back, and several cases are open", 0, 0, "", [Pump, Boiler], [Cabinet with { IsBack = true }], "none SeveralCases" },
        { "no device, one case", 0, 0, "", [Pump], [], "case 12 OnlyCase" },
        { "no device, several cases", 0, 0, "", [Pump, Boiler], [], "none SeveralCases" },
        { "nothing is open", 0, 0, "", [], [], "none NothingOpen" },
        { "just resolved of that device", 0, 0, "CM-1", [Pump, Over], [Cabinet], "case 14 JustResolved" },
        { "just resolved of another device", 0, 0, "HP-1", [Over], [], "none NothingOpen" },
        { "just resolved, no device", 0, 0, "", [Over], [], "case 14 JustResolved" },
        { "what is open comes before what was resolved", 0, 0, "", [Over, Pump], [], "case 12 OnlyCase" },
        { "several just resolved", 0, 0, "", [Over, Over with { Id = 15 }], [], "none SeveralCases" },
        { "of the device the newest that was resolved", 0, 0, "CM-1", [Over with { Id = 15 }, Over], [], "case 15 JustResolved" },
        { "nothing is open for that device", 0, 0, "CM-1", [Pump], [], "none NothingOpen" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Decide_ByWhatIsOpen_JoinsWhatItConcerns(string what, long named, long outage, string device, ContactCase[] cases, ContactOutage[] outages, string expected)
    {
        var contact = new Contact("c1", ContactChannel.Phone, Inbound: true, what, Repeated: false) { CaseId = named, OutageId = outage, Device = device };
        var joins = ContactJoin.Decide(contact, cases, outages);
        Assert.Equal(expected, $"{(joins.CaseId > 0 ? $"case {joins.CaseId}" : joins.OutageId > 0 ? $"outage {joins.OutageId}" : "none")} {joins.Reason}");
    }
}
