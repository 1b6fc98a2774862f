using B2D.Storage.Remedies;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Remedies;

public abstract class CommandStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private bool Put(CommandRow row) => Write(db => CommandStore.Put(db, row));

    [Fact]
    public void Put_EveryColumn_ComesBackAndOnlyOnce()
    {
        var row = Filled<CommandRow>();

        Assert.True(Put(row));
        Assert.False(Put(row with { Name = "other" }));

        AssertSame(row, Read(db => CommandStore.Find(db, row.Id)));
    }

    [Fact]
    public void Update_FromTheExpectedState_Only()
    {
        Put(new CommandRow { Id = "c" });
        var sent = Filled<CommandRow>(2) with { Id = "c", State = "Sent" };

        Assert.False(Write(db => CommandStore.Update(db, sent, "Delivered")));
        Assert.True(Write(db => CommandStore.Update(db, sent, "Queued")));
        Assert.False(Write(db => CommandStore.Update(db, sent, "Queued")));
        Assert.Throws<ArgumentException>(() => Write(db => CommandStore.Update(db, sent, "' OR '1'='1")));

        AssertSame(sent, Read(db => CommandStore.Find(db, "c")));
    }

    [Fact]
    public void QueuedPendingAndExpired_ByStateAndTime()
    {
        foreach (var (state, n) in new[] { "Queued", "Sent", "Delivered", "Answered", "Verified", "NotVerified", "Failed", "Expired",
            "Stopped" }.Select((s, n) => (s, n)))
            Put(new CommandRow { Id = state, Device = "d", State = state, CreatedAt = 100 - n, ExpiresAt = 50 + n });

        Assert.Equal(["Queued"], Read(db => CommandStore.Queued(db, 10)).Select(c => c.Id));
        Assert.Equal(["Answered", "Delivered", "Sent", "Queued"], Read(db => CommandStore.Pending(db, "d")).Select(c => c.Id));
        Assert.Equal(["Queued", "Sent"], Read(db => CommandStore.Expired(db, 51, 10)).Select(c => c.Id));
        Assert.Empty(Read(db => CommandStore.Pending(db, "e")));
        Assert.Equal(50, Read(CommandStore.NextExpiry));
    }

    [Fact]
    public void Expired_CommandOfARemedy_EndsWithItsVerdictAndHidesNone()
    {
        Put(new CommandRow { Id = "remedy", Device = "d", Rule = "r", State = "Sent", ExpiresAt = 1 });
        Assert.Null(Read(CommandStore.NextExpiry));
        Put(new CommandRow { Id = "person", Device = "d", State = "Sent", ExpiresAt = 2 });

        Assert.Equal(["person"], Read(db => CommandStore.Expired(db, 3, 1)).Select(c => c.Id));
        Assert.Equal(2, Read(CommandStore.NextExpiry));
    }

    [Fact]
    public void List_ByEachFilterAndPage()
    {
        Put(new CommandRow { Id = "a", Device = "d", Rule = "r", Episode = "1-1", CreatedAt = 10 });
        Put(new CommandRow { Id = "b", Device = "d", Rule = "s", Episode = "1-2", CreatedAt = 10, State = "Sent" });
        Put(new CommandRow { Id = "c", Device = "e", Rule = "r", Episode = "1-3", CreatedAt = 20 });
        string[] Ids(CommandFilter filter) => [.. Read(db => CommandStore.List(db, filter)).Select(n => n.Id)];

        Assert.Equal(["c", "b", "a"], Ids(new CommandFilter()));
        Assert.Equal(["b", "a"], Ids(new CommandFilter { Device = "d" }));
        Assert.Equal(["c", "a"], Ids(new CommandFilter { Rule = "r" }));
        Assert.Equal(["b"], Ids(new CommandFilter { Episode = "1-2" }));
        Assert.Equal(["b"], Ids(new CommandFilter { States = ["Sent"] }));
        Assert.Equal(["c"], Ids(new CommandFilter { Since = 11 }));
        Assert.Equal(["a"], Ids(new CommandFilter { Before = (10, "b") }));
        Assert.Equal(1, Read(db => CommandStore.Count(db, new CommandFilter { Device = "d", Rule = "r", Since = 10 })));
        Assert.Equal(new Dictionary<string, long> { ["Queued"] = 2, ["Sent"] = 1 }, Read(CommandStore.CountByState));
    }

    [Fact]
    public void Heals_OnceForAnEpisodeAndCounted()
    {
        var row = Filled<HealRow>() with { Device = "d", Rule = "r", At = 100 };

        var id = Write(db => HealStore.Add(db, row))!.Value;
        Assert.Null(Write(db => HealStore.Add(db, row)));
        Write(db => HealStore.Add(db, row with { Episode = "x", At = 200 }));

        AssertSame(row with { Id = id }, Read(db => HealStore.List(db))[^1]);
        Assert.Equal((2, 1, 0), (Read(db => HealStore.Count(db, "d", "r", 100)), Read(db => HealStore.Count(db, "d", "r", 101)),
            Read(db => HealStore.Count(db, "e"))));
        Assert.Equal([200], Read(db => HealStore.List(db, "d", "r", 150)).Select(h => h.At));
    }
}

public sealed class CommandStoreOnSqliteFiles : CommandStoreCompliance<SqliteFiles>;

public sealed class CommandStoreInSqliteMemory : CommandStoreCompliance<SqliteMemory>;

public sealed class CommandStoreOnPostgres : CommandStoreCompliance<PostgresSchemas>;
