using B2D.Storage.Outages;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Outages;

public abstract class ReviewStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void TryOpen_EveryColumn_ComesBackAndOnce()
    {
        var row = Filled<ReviewRow>();
        Assert.True(Write(db => ReviewStore.TryOpen(db, row)));
        Assert.False(Write(db => ReviewStore.TryOpen(db, row)));
        AssertSame(row, Read(db => ReviewStore.Find(db, row.OutageId)));
    }

    [Fact]
    public void Update_WithVersion_OnceOnly()
    {
        Write(db => ReviewStore.TryOpen(db, new ReviewRow { OutageId = 7, DueAt = 100 }));
        Assert.Equal((0L, 1L), Read(db => (ReviewStore.CountOverdue(db, 100), ReviewStore.CountOverdue(db, 101))));
        var seen = Read(db => ReviewStore.Find(db, 7))!;
        Assert.True(Write(db => ReviewStore.Update(db, seen with { State = "Done", Owner = "ana" })));
        Assert.False(Write(db => ReviewStore.Update(db, seen)));
        Assert.Equal(("Done", "ana", 2L), Read(db => ReviewStore.Find(db, 7)) is { } row ? (row.State, row.Owner, row.Version) : default);
        Assert.Equal(0, Read(db => ReviewStore.CountOverdue(db, 101)));
    }

    [Fact]
    public void Notes_EveryColumn_ComesBack_AndActionsAreDoneOnce()
    {
        var note = Filled<ReviewNoteRow>();
        var id = Write(db => ReviewStore.AddNote(db, note));
        AssertSame(note with { Id = id }, Read(db => ReviewStore.Notes(db, note.OutageId)).Single());
        var action = Write(db => ReviewStore.AddNote(db, new ReviewNoteRow { OutageId = 7, Kind = "Action", DueAt = 5 }));
        Assert.Equal([action], Read(db => ReviewStore.OpenActions(db, 10)).Select(n => n.Id));
        Assert.False(Write(db => ReviewStore.FinishNote(db, 8, action, 9, "ana")));
        Assert.True(Write(db => ReviewStore.FinishNote(db, 7, action, 9, "ana")));
        Assert.False(Write(db => ReviewStore.FinishNote(db, 7, action, 9, "ana")));
        Assert.Empty(Read(db => ReviewStore.OpenActions(db, 10)));
    }
}

public sealed class ReviewStoreOnSqliteFiles : ReviewStoreCompliance<SqliteFiles>;

public sealed class ReviewStoreInSqliteMemory : ReviewStoreCompliance<SqliteMemory>;

public sealed class ReviewStoreOnPostgres : ReviewStoreCompliance<PostgresSchemas>;
