using B2D.Core.Contacts;
using B2D.Core.Search;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Search;
using Xunit;

namespace B2D.Acceptance;

/// <summary>Customers call: they are found by what they say, and what they say stands where it belongs.</summary>
public sealed class CallerScenes
{
    private const string More = """
        - fault: fan-stuck
          title: Fan stuck
          codes: [ E7 ]
          case: { family: fan, resolve_after: 30m }
        """;

    [Fact]
    public void CallsDuringAnOutageAndAfterACase_AreFound_JoinWhatTheyConcern_AndAreCounted()
    {
        using var scene = OutageTown.Open(rules: OutageTown.Rules + More, others: 16);
        scene.Drop(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        var caller = Assert.Single(Found(scene, "0910 000 002"));
        Assert.Equal("C-RT-3", caller);
        Assert.Equal(ContactReason.OutageOfCustomer, Log(scene, caller, "Internet is gone", repeated: false).Reason);
        Assert.Equal(ContactReason.OutageOfCustomer, Log(scene, caller, "Still gone, as I said", repeated: true).Reason);
        var outage = Assert.Single(scene.Outages);
        Assert.Equal((2, 1), Tally(scene, db => ContactStore.TallyOfOutage(db, outage.Id)));

        // Somebody whom the outage does not touch, with a case of their own, found by name.
        scene.Code("RT-12", "E7", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var fan = Assert.Single(scene.Cases);
        Assert.Contains("C-RT-12", Found(scene, "person 11"));
        Assert.Equal(new ContactJoin(fan.Id, 0, ContactReason.CaseOfDevice), Log(scene, "C-RT-12", "It rattles like a tractor", repeated: false, device: "RT-12"));
        scene.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal([fan.Id], scene.World.Stores.State.Read(db =>
        {
            var words = new WordsWhere("case_words", "case_id", "w");
            return db.Query<long>(words.Select(SearchWords.Of("rattles TRACT")), words.Args);
        }));
        Assert.Equal("ana", scene.World.Stores.State.Read(db => CaseStore.Find(db, fan.Id))!.RespondedBy);
    }

    private static IReadOnlyList<string> Found(Scene scene, string text) =>
        [.. scene.World.Stores.State.Read(db => CallerStore.Customers(db, CallerText.Read(text), 10)).Select(f => f.Id)];

    private static ContactJoin Log(Scene scene, string customer, string about, bool repeated, string device = "") =>
        Assert.IsType<ContactOutcome.Kept>(scene.World.Worker.ContactDesk.Log(new Contact(customer, ContactChannel.Phone, Inbound: true, about, repeated) { Device = device }, "ana")).Joins;

    private static (long, long) Tally(Scene scene, Func<Storage.Db, ContactTally> of) => scene.World.Stores.State.Read(of) is var tally ? (tally.Contacts, tally.Repeated) : default;
}
