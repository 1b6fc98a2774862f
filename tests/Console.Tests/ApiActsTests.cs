using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Telemetry;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace B2D.Console.Tests;

public sealed class ApiActsTests(SharedTown town) : IClassFixture<SharedTown>
{
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Act_OnACase_IsDoneOnceAndOnlyAtTheVersionSeen()
    {
        await using var host = await TownHost.Open();
        using var writer = host.Program(host.WriteKey);
        var taken = await writer.PostAsJsonAsync("/api/cases/1/acts", new { act = "take", version = 1 });
        Assert.Equal(2, (await taken.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt32());
        var late = await writer.PostAsJsonAsync("/api/cases/1/acts", new { act = "resolve", version = 1 });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("It is at version 2 now.", (await late.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(),
            StringComparison.Ordinal);
        Assert.Equal("key:writer", host.Stores.State.Read(db => CaseStore.Find(db, 1))!.Assignee);
        Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync("/api/cases/1/acts", new { act = "close", disposition = "wear", version = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await writer.PostAsJsonAsync("/api/cases/1/acts", new { act = "reopen", version = 3 })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await writer.PostAsJsonAsync("/api/cases/4711/acts", new { act = "take", version = 1 })).StatusCode);
    }

    [Theory]
    [InlineData("""{"act":"dance"}""")]
    [InlineData("""{"act":"note"}""")]
    [InlineData("""{"act":"note","text":"  "}""")]
    [InlineData("""{"act":"wait","for":"part"}""")]
    [InlineData("""{"act":"wait","kind":"parts","for":"part","until":"soon"}""")]
    [InlineData("""{"act":"wait","for":"part","until":"2026-11-25T09:00Z"}""")]
    [InlineData("""{"act":"wait","kind":"resolved","for":"part","until":"2026-11-25T09:00Z"}""")]
    [InlineData("""{"act":"complete-step"}""")]
    [InlineData("""{"act":"move-step","stepId":1}""")]
    [InlineData("""{"act":"close","disposition":"dunno"}""")]
    [InlineData("""{"act":"hand-off","open":"x"}""")]
    [InlineData("""{"act":"take"}""")]
    [InlineData("""{"act":"grant","kind":"stars","amount":1,"reason":"x","version":1}""")]
    [InlineData("""{"act":"grant","kind":"money","reason":"x","version":1}""")]
    [InlineData("""{"act":""")]
    [InlineData("""[1]""")]
    [InlineData("")]
    public async Task Act_ThatSaysTooLittle_Is400(string body)
    {
        using var writer = town.Host.Program(town.Host.WriteKey);
        var answer = await writer.PostAsync(new Uri("/api/cases/1/acts", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(1, town.Host.Stores.State.Read(db => CaseStore.Find(db, 1))!.Version);
    }

    [Fact]
    public async Task Acts_OfEveryKind_ReachTheirDesks()
    {
        await using var host = await TownHost.Open();
        host.AddUser("rui", "ruisruis", "agent");
        host.AddUser("marta", "martamarta", "agent");
        using var writer = host.Program(host.WriteKey);
        foreach (var body in new object[]
        {
            new { act = "assign", to = "rui" }, new { act = "add-step", text = "Look", position = 0 }, new { act = "complete-step", stepId = 2 },
            new { act = "skip-step", stepId = 3 },
            new { act = "move-step", stepId = 3, position = 0 }, new { act = "wait", kind = "parts", @for = "the part", until = "2026-11-25T09:00:00+01:00" },
            new { act = "resume" }, new { act = "note", text = "hello" },
            new { act = "hand-off", to = "marta", finished = "a", open = "b", promised = "c" }, new { act = "resolve" }, new { act = "reopen" },
        })
        {
            var said = JsonSerializer.SerializeToNode(body)!;
            said["version"] = host.Stores.State.Read(db => CaseStore.Find(db, 1))!.Version;
            Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync("/api/cases/1/acts", said)).StatusCode);
        }
        Assert.Equal(
            ["case.Assign", "case.AddStep", "case.SetStep", "case.SetStep", "case.MoveStep", "case.Wait", "case.Resume", "case.Note", "case.HandOff", "case.Resolve", "case.Reopen"],
            host.Acts.Select(a => a.Split(' ')[1]));
        // The words stand in one place, where they can be taken out.
        Assert.Equal("""{"To":"marta"}""", host.Stores.State.Read(db => TimelineStore.List(db, "case:1")).Single(l => l.Kind == "handoff").Detail);
        Assert.Equal(("a", "b", "c"), host.Stores.State.Read(db => HandOffStore.Last(db, 1)) is { } left ? (left.Finished, left.StillOpen, left.Promised) : default);
        var waiting = host.Stores.State.Read(db => TimelineStore.List(db, "case:1")).Single(l => l.Kind == "wait");
        Assert.Equal(("Waiting for parts: the part", "key:writer"), (waiting.Text, waiting.Who));
        foreach (var body in new object[]
        {
            new { act = "set-cause", text = "a cut cable" }, new { act = "set-workaround", text = "mobile data" },
            new { act = "set-estimate", from = Now + 1000, until = Now + 2000 },
            new { act = "set-next-update", at = (Now + 60_000).ToString(System.Globalization.CultureInfo.InvariantCulture) },
            new { act = "override", state = "monitoring", reason = "the crew saw it" }, new { act = "release-guard" },
        })
        {
            var seen = host.Stores.State.Read(db => OutageStore.Find(db, 3))!.Version;
            var json = JsonSerializer.Serialize(body).Replace("{", $"{{\"version\":{seen},", StringComparison.Ordinal).Replace($":{Now + 1000}", $":\"{Now + 1000}\"", StringComparison.Ordinal)
                .Replace($":{Now + 2000}", $":\"{Now + 2000}\"", StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await writer.PostAsync(new Uri("/api/outages/3/acts", UriKind.Relative),
                new StringContent(json, Encoding.UTF8, "application/json"))).StatusCode);
        }
        Assert.Equal("key:writer outage.override outage:3 {\"state\":\"Monitoring\",\"reason\":\"the crew saw it\"}", host.Acts.Single(a => a.Contains("override", StringComparison.Ordinal)));
        var outage = host.Stores.State.Read(db => OutageStore.Find(db, 3))!;
        Assert.Equal(("Monitoring", "a cut cable", false, Now + 1000, Now + 60_000), (outage.State, outage.Cause, outage.Guard, outage.EstimateFrom, outage.NextUpdateAt));
        var version = outage.Version;
        foreach (var refused in new object[] { new { act = "set-cause", text = "a fire" }, new { act = "set-cause", version }, new { act = "set-cause", version, text = new string('x', 501) },
            new { act = "set-workaround", version, text = new string('x', 501) } })
            Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/outages/3/acts", refused)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await writer.PostAsJsonAsync("/api/outages/3/acts", new { act = "set-cause", version = version - 1, text = "a fire" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync("/api/outages/3/acts", new { act = "set-cause", version, text = "" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/outages/3/acts", new { act = "override", state = "held", reason = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/outages/3/acts", new { act = "override", state = "monitoring" })).StatusCode);
        foreach (var body in new object[] { new { act = "acknowledge" }, new { act = "shelve", until = "2026-12-01T00:00Z", reason = "roof work" },
            new { act = "unshelve" }, new { act = "out-of-service" }, new { act = "in-service" } })
            Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync("/api/faults/1/acts", body)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/faults/1/acts", new { act = "shelve", until = "2026-12-01T00:00Z" }))
            .StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/outages/3/acts", new { act = "set-next-update", at = "2020-01-01" }))
            .StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await writer.PostAsync(new Uri("/api/dues/1/done", UriKind.Relative), null)).StatusCode);
        Assert.Equal(
            [FaultAction.Acknowledge, FaultAction.Shelve, FaultAction.Unshelve, FaultAction.OutOfService, FaultAction.InService, FaultAction.DueDone],
            host.Submitted().Select(a => a.Kind));
    }

    [Fact]
    public async Task Command_Sent_IsAcceptedOrRefusedInWords()
    {
        await using var host = await TownHost.Open();
        using var writer = host.Program(host.WriteKey);
        var sent = await writer.PostAsJsonAsync("/api/commands", new { device = "HP-0010", name = "restart", args = new { soft = true } });
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        var command = await writer.GetFromJsonAsync<JsonElement>(sent.Headers.Location);
        Assert.Equal("Queued", command.GetProperty("state").GetString());
        Assert.True(command.GetProperty("args").GetProperty("soft").GetBoolean());
        Assert.Equal("key:writer", command.GetProperty("requestedBy").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await writer.PostAsJsonAsync("/api/commands", new { device = "HP-0010", name = "explode" }))
            .StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/commands", new { device = "HP-0010", name = "rm -rf" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/commands",
            new { device = "HP-0010", name = "restart", args = new[] { 1 } })).StatusCode);
    }

    [Fact]
    public async Task Import_OfCsvOrJson_ReportsEveryBadRow()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var writer = host.Program(host.WriteKey);
        var good = await writer.PostAsync(new Uri("/api/imports/customers", UriKind.Relative),
            new StringContent("id,name\nc1,\"Ana, the first\"\n", Encoding.UTF8, "text/csv"));
        Assert.Equal(1, (await good.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("applied").GetInt32());
        var bad = await writer.PostAsJsonAsync("/api/imports/devices", new[] { new { id = "d1", model = "x \"y\"" }, new { id = "bad", model = "z" } });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        var answer = await bad.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(0, answer.GetProperty("applied").GetInt32());
        Assert.Equal(3, answer.GetProperty("bad")[0].GetProperty("line").GetInt32());
        Assert.Equal("\"id\",\"model\"\n\"d1\",\"x \"\"y\"\"\"\n\"bad\",\"z\"\n", host.Desks.Imported);
        var broken = await writer.PostAsync(new Uri("/api/imports/devices", UriKind.Relative), new StringContent("{", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
    }

    [Fact]
    public async Task Stop_SetAndReleased_IsSeen()
    {
        await using var host = await TownHost.Open(seeded: false);
        using var writer = host.Program(host.WriteKey);
        Assert.False((await writer.GetFromJsonAsync<JsonElement>("/api/stop")).GetProperty("stopped").GetBoolean());
        Assert.True((await (await writer.PostAsJsonAsync("/api/stop", new { reason = "wrong template" })).Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("stopped").GetBoolean());
        Assert.Equal("wrong template", host.Desks.State.Reason);
        await writer.DeleteAsync(new Uri("/api/stop", UriKind.Relative));
        Assert.False(host.Desks.State.Stopped);
    }
}
