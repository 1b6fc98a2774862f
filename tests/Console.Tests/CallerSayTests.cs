using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Tests;

/// <summary>What is said to whoever calls is what we know at that moment.</summary>
public sealed class CallerSayTests
{
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();
    private const long Minute = 60_000;

    [Theory]
    [InlineData("", "Nothing is open: as far as the devices say, everything works.")]
    [InlineData("silent", "RT-X is not connected; we heard it last at 13:20. Nothing else is open: ask whether it is switched off.")]
    [InlineData("silent fault", "Router silent on RT-X since 13:20; nobody works on it, since it is no case. Open one if it troubles them.")]
    [InlineData("work", "We work on it as we told them (M-")]
    [InlineData("held", "Theirs and others near them fell silent together at 14:18. We see it, and look whether it passes; nobody was told yet.")]
    [InlineData("down", "An outage has touched them since 13:48; we know of it.")]
    [InlineData("down told", "An outage has touched them since 13:48; we know of it and promised the next word for 15:00.")]
    [InlineData("back", "An outage touched them; theirs has been back since 14:10, and it goes on for others. Ask whether it works.")]
    [InlineData("over", "An outage touched them until 14:15; by what the devices say it is over. Ask whether theirs works; where it does not, open a case.")]
    [InlineData("down danger", "Gas pressure on RT-X since 14:10; nobody works on it yet. It is about safety: ask first whether anybody is in danger. An outage has touched them since 13:48;")]
    [InlineData("resolved", "Gas pressure on RT-X was resolved at 14:15. Ask whether it works; where it does not, reopen case #75.")]
    public async Task Say_IsWhatWeKnow(string known, string expected)
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db =>
        {
            CustomerStore.Put(db, new Customer("x1") { Name = "Eva Sol" }, 1);
            DeviceStore.Put(db, new Device(DeviceId.Parse("RT-X")) { Customer = "x1" }, 1);
            LiveStore.Put(db, [new LiveRow { Device = "RT-X", Online = !known.Contains("silent", StringComparison.Ordinal), OnlineAt = Now - (60 * Minute), LastSeenAt = Now - (60 * Minute) }]);
            foreach (var word in known.Split(' '))
                Know(db, word);
        });
        var answer = await host.Program(host.ReadKey).GetFromJsonAsync<JsonElement>("/api/search?q=RT-X");
        Assert.StartsWith(expected, answer.GetProperty("customers")[0].GetProperty("say").GetString(), StringComparison.Ordinal);
    }

    private static void Know(Db db, string word)
    {
        var gas = new CaseRow { Device = "RT-X", Family = "gas", Title = "Gas pressure", Class = FaultClass.Safety, Customer = "x1", OpenedAt = Now - (10 * Minute), OnsetAt = Now - (10 * Minute) };
        switch (word)
        {
            case "fault":
                FaultStore.Raise(db, new FaultRow { Device = "RT-X", Rule = "router-silent", Title = "Router silent", Episode = "70-1", Customer = "x1", RaisedAt = Now - (50 * Minute), OnsetAt = Now - (60 * Minute) });
                break;
            case "work":
                var work = MaintenanceStore.TryAdd(db, new MaintenanceRow { Title = "New cable", Scope = "Device", Target = "RT-X", FromAt = Now - Minute, UntilAt = Now + (60 * Minute), State = "Running", RunningUntil = Now + (60 * Minute), Felt = true })!.Value;
                PlannedStore.Put(db, new PlannedRow { Maintenance = work, Customer = "x1", Lead = work });
                break;
            case "down":
                OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = 1, Device = "RT-X", Customer = "x1", FaultEpisode = "70-2", DownAt = Now - (20 * Minute) });
                break;
            case "told":
                NoticeStore.Put(db, new NoticeRow { Id = "told-x1", Customer = "x1", Subject = "outage:1", Episode = "70-2", Status = "opened", Revision = 1, Channel = "sms", State = "Sent", SentAt = Now });
                break;
            case "held":
                var held = OutageStore.TryOpen(db, new OutageRow { Rule = "access-network", Title = "x", Segment = "x", Episode = "70-4", State = "Held", BeganAt = Now - (2 * Minute) })!.Value;
                OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = held, Device = "RT-X", Customer = "x1", FaultEpisode = "70-4", DownAt = Now - (2 * Minute) });
                break;
            case "back":
                OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = 1, Device = "RT-X", Customer = "x1", FaultEpisode = "70-2", DownAt = Now - (20 * Minute), UpAt = Now - (10 * Minute) });
                break;
            case "over":
                var id = OutageStore.TryOpen(db, new OutageRow { Rule = "access-network", Title = "x", Segment = "x", Episode = "70-3", State = "Resolved", BeganAt = Now - (30 * Minute), ToldAt = Now - (20 * Minute), ResolvedAt = Now - (5 * Minute) })!.Value;
                OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = id, Device = "RT-X", Customer = "x1", FaultEpisode = "70-3", DownAt = Now - (20 * Minute), UpAt = Now - (10 * Minute) });
                break;
            case "danger":
                CaseStore.TryOpen(db, gas);
                break;
            case "resolved":
                CaseStore.TryOpen(db, gas with { State = "Resolved", ResolvedAt = Now - (5 * Minute) });
                break;
        }
    }
}
