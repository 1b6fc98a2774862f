using B2D.Storage.Access;
using B2D.Storage.Alarms;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Access;

public abstract class AccessStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Audit_Appended_IsChainedFromOne()
    {
        for (var i = 1; i <= 3; i++)
            Assert.Equal(i, Write(db => AuditStore.Append(db, i * 10, "ana", "close", "case:" + i, "{}")));

        var rows = Read(db => AuditStore.List(db)).Reverse().ToArray();
        Assert.Equal(new byte[32], rows[0].Prev);
        Assert.Equal(rows[0].Hash, rows[1].Prev);
        Assert.Equal(rows[1].Hash, rows[2].Prev);
        Assert.Equal((10L, "ana", "close", "case:1", "{}"), (rows[0].At, rows[0].Who, rows[0].Action, rows[0].Subject, rows[0].Detail));
        Assert.Null(Read(AuditStore.Verify));
    }

    [Fact]
    public void Audit_HashOfTheFirstRow_IsWhatTheDescriptionSays()
    {
        Write(db => AuditStore.Append(db, 10, "a", "b", "c", "d"));

        // Computed with Python's hashlib: sha256(32 zero bytes, seq, at (8 bytes big-endian), then length (8 bytes) and text four times).
        Assert.Equal("a2ea98158d73d32c0dc24aa8d863ff56965bb3774026fb4a6e3de139c6965557", Convert.ToHexStringLower(Read(db => AuditStore.List(db))[0].Hash));
    }

    [Theory]
    [InlineData("UPDATE audit SET who = 'x' WHERE seq = 1")]
    [InlineData("DELETE FROM audit WHERE seq = 1")]
    public void Audit_ChangeOrDeletion_IsRefusedByTheDatabase(string sql)
    {
        Write(db => AuditStore.Append(db, 1, "ana", "close", "case:1"));

        var refused = Assert.ThrowsAny<System.Data.Common.DbException>(() => Write(db => db.Execute(sql)));

        Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
        Assert.Equal("ana", Assert.Single(Read(db => AuditStore.List(db))).Who);
    }

    [Theory]
    [InlineData("INSERT INTO audit (seq, at, who, action, subject, detail, prev, hash) SELECT 4, at, who, action, subject, detail, prev, hash FROM audit WHERE seq = 3", 4L)]
    [InlineData("INSERT INTO audit (seq, at, who, action, subject, detail, prev, hash) SELECT 9, at, who, action, subject, detail, hash, hash FROM audit WHERE seq = 3", 4L)]
    public void Audit_RowPutInByHand_IsFound(string sql, long broken)
    {
        for (var i = 1; i <= 3; i++)
            Write(db => AuditStore.Append(db, i, "ana", "close", "case:" + i));

        Write(db => db.Execute(sql));

        Assert.Equal(broken, Read(AuditStore.Verify));
    }

    [Theory]
    [InlineData("who = 'eve'")]
    [InlineData("at = 99")]
    [InlineData("action = 'open'")]
    [InlineData("subject = 'case:9'")]
    [InlineData("detail = '[]'")]
    [InlineData("subject = 'ccase:2', action = 'lose'")]
    public void Audit_RowChangedPastTheTriggers_IsFound(string change)
    {
        for (var i = 1; i <= 3; i++)
            Write(db => AuditStore.Append(db, i, "ana", "close", "case:" + i));

        Write(db => db.Execute(db.Dialect == Dialect.Sqlite ? "DROP TRIGGER audit_no_update" : "ALTER TABLE audit DISABLE TRIGGER audit_no_change"));
        Write(db => db.Execute($"UPDATE audit SET {change} WHERE seq = 2"));

        Assert.Equal(2, Read(AuditStore.Verify));
    }

    [Fact]
    public void Audit_List_ByFilterAndPage()
    {
        Write(db => AuditStore.Append(db, 1, "ana", "a", "case:1"));
        Write(db => AuditStore.Append(db, 2, "rui", "b", "case:1"));
        Write(db => AuditStore.Append(db, 3, "ana", "c", "case:2"));

        Assert.Equal([2, 1], Read(db => AuditStore.List(db, subject: "case:1")).Select(a => a.Seq));
        Assert.Equal([3, 1], Read(db => AuditStore.List(db, who: "ana")).Select(a => a.Seq));
        Assert.Equal([2], Read(db => AuditStore.List(db, 1, 3)).Select(a => a.Seq));
    }

    [Fact]
    public void Keys_FoundByHashAndRevokedOnce()
    {
        var row = Filled<KeyRow>() with { LastUsedAt = 0, RevokedAt = 0 };
        Write(db => KeyStore.Add(db, row));

        AssertSame(row, Read(db => KeyStore.FindByHash(db, row.Hash)));
        Assert.Null(Read(db => KeyStore.FindByHash(db, [1, 2])));
        Assert.True(Write(db => KeyStore.Used(db, row.Id, 50)));
        Assert.False(Write(db => KeyStore.Used(db, row.Id, 40)));
        Assert.True(Write(db => KeyStore.Revoke(db, row.Id, 60)));
        Assert.False(Write(db => KeyStore.Revoke(db, row.Id, 70)));
        AssertSame(row with { LastUsedAt = 50, RevokedAt = 60 }, Assert.Single(Read(KeyStore.List)));
        AssertSame(row with { LastUsedAt = 50, RevokedAt = 60 }, Read(db => KeyStore.Find(db, row.Id)));
    }

    [Fact]
    public void Users_AddedOncePasswordChangedRemoved()
    {
        var row = Filled<UserRow>();
        Assert.True(Write(db => UserStore.Add(db, row)));
        Assert.False(Write(db => UserStore.Add(db, row with { Role = "other" })));
        AssertSame(row, Read(db => UserStore.Find(db, row.Name)));

        Assert.True(Write(db => UserStore.SetPassword(db, row.Name, [1], [2])));

        AssertSame(row with { Hash = [1], Salt = [2] }, Assert.Single(Read(UserStore.List)));
        Assert.Equal(1, Read(UserStore.Count));
        Assert.True(Write(db => UserStore.Remove(db, row.Name)));
        Assert.False(Write(db => UserStore.Remove(db, row.Name)));
    }

    [Fact]
    public void Settings_AreReplaced()
    {
        Write(db => SettingStore.Set(db, "stop-all", "false", 1, "ana"));
        Write(db => SettingStore.Set(db, "stop-all", "true", 2, "rui"));

        AssertSame(new SettingRow { Key = "stop-all", Value = "true", ChangedAt = 2, ChangedBy = "rui" }, Assert.Single(Read(SettingStore.List)));
    }

    [Fact]
    public void OwnAlarms_RaisedOnceByKeyAndAnewAfterTheirEnd()
    {
        Assert.True(Write(db => OwnAlarmStore.Raise(db, "fleet-silent", "guard", 10, "400 of 1,000")));
        Assert.False(Write(db => OwnAlarmStore.Raise(db, "fleet-silent", "guard", 20, "500 of 1,000")));
        var first = Assert.Single(Read(OwnAlarmStore.Open));
        Assert.Equal((10L, "400 of 1,000"), (first.SinceAt, first.Detail));
        Assert.True(Write(db => OwnAlarmStore.Seen(db, first.Id, "ana")));

        Assert.True(Write(db => OwnAlarmStore.Clear(db, "fleet-silent", 30)));
        Assert.False(Write(db => OwnAlarmStore.Clear(db, "fleet-silent", 31)));
        Assert.Empty(Read(OwnAlarmStore.Open));
        Assert.Equal("ana", Read(db => OwnAlarmStore.Find(db, "fleet-silent"))!.SeenBy);

        Assert.True(Write(db => OwnAlarmStore.Raise(db, "fleet-silent", "guard", 40, "again")));
        AssertSame(first with { SinceAt = 40, Detail = "again" }, Assert.Single(Read(db => OwnAlarmStore.List(db))));
    }
}

public sealed class AccessStoreOnSqliteFiles : AccessStoreCompliance<SqliteFiles>;

public sealed class AccessStoreInSqliteMemory : AccessStoreCompliance<SqliteMemory>;

public sealed class AccessStoreOnPostgres : AccessStoreCompliance<PostgresSchemas>;
