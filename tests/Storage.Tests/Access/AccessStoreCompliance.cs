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

        AssertSame(row with { Hash = [1], Salt = [2], Subject = "" }, Assert.Single(Read(UserStore.List)));
        Assert.Equal((1, 1, 0), Read(db => (UserStore.Count(db), UserStore.Count(db, row.Role), UserStore.Count(db, "none"))));
        Assert.True(Write(db => UserStore.Remove(db, row.Name)));
        Assert.False(Write(db => UserStore.Remove(db, row.Name)));
    }

    [Fact]
    public void Users_RoleAndLock_AreChangedAndCounted()
    {
        foreach (var (name, role, hash) in new[] { ("ana", "administrator", new byte[] { 1 }), ("rui", "administrator", [1]), ("eva", "administrator", []), ("ivo", "agent", [1]) })
            Write(db => UserStore.Add(db, new UserRow { Name = name, Role = role, Hash = hash }));
        Assert.Equal(2, Read(db => UserStore.CountAble(db, "administrator")));

        Assert.True(Write(db => UserStore.SetRole(db, "rui", "lead")));
        Assert.True(Write(db => UserStore.SetRole(db, "ivo", "administrator")));
        Assert.False(Write(db => UserStore.SetRole(db, "nobody", "lead")));
        Assert.True(Write(db => UserStore.SetLocked(db, "ana", 70)));
        Assert.True(Write(db => UserStore.SignedIn(db, "rui", 80)));

        Assert.Equal(1, Read(db => UserStore.CountAble(db, "administrator")));
        Assert.Equal(["ana administrator 70 0", "eva administrator 0 0", "ivo administrator 0 0", "rui lead 0 80"],
            Read(UserStore.List).Select(u => $"{u.Name} {u.Role} {u.LockedAt} {u.SignedInAt}"));
        Assert.False(Write(db => UserStore.SetSubject(db, "ivo", "s-1"))); // has a password
        Assert.True(Write(db => UserStore.SetSubject(db, "eva", "s-1")));
        Assert.Equal(2, Read(db => UserStore.CountAble(db, "administrator")));
        Assert.True(Write(db => UserStore.SetLocked(db, "ana", 0)));
        Assert.Equal(3, Read(db => UserStore.CountAble(db, "administrator")));
    }

    [Fact]
    public void SignIns_AddedSeenEndedAndForgotten()
    {
        for (var i = 1; i <= 4; i++)
            Write(db => SignInStore.Add(db, new SignInRow { Id = "s" + i, Name = i < 4 ? "ana" : "rui", SinceAt = i, SeenAt = i * 10, Address = "::1" }));
        Assert.True(Write(db => SignInStore.Seen(db, "s1", 50)));
        Assert.False(Write(db => SignInStore.Seen(db, "s1", 40)));
        Assert.Equal(["s1", "s3", "s2"], Read(db => SignInStore.OfUser(db, "ana")).Select(s => s.Id));
        AssertSame(new SignInRow { Id = "s1", Name = "ana", SinceAt = 1, SeenAt = 50, Address = "::1" }, Read(db => SignInStore.Find(db, "s1")));

        Assert.False(Write(db => SignInStore.End(db, "rui", "s1"))); // not theirs
        Assert.True(Write(db => SignInStore.End(db, "ana", "s1")));
        Assert.Equal(1, Write(db => SignInStore.EndAll(db, "ana", "s3")));
        Assert.Equal(0, Write(db => SignInStore.Prune(db, 2, 29)));
        Assert.Equal(1, Write(db => SignInStore.Prune(db, 2, 30)));
        Assert.Equal(1, Write(db => SignInStore.Prune(db, 4, 0)));
        Assert.Null(Read(db => SignInStore.Find(db, "s4")));
    }

    [Fact]
    public void SignIns_OverTheLimit_TheOneUsedLeastRecentlyEnds()
    {
        for (var i = 0; i <= SignInStore.MostOfUser; i++)
            Write(db => SignInStore.Add(db, new SignInRow { Id = "s" + i, Name = "ana", SinceAt = i, SeenAt = i == 0 ? 1000 : i }));

        Assert.Equal(SignInStore.MostOfUser, Read(db => SignInStore.OfUser(db, "ana")).Count);
        Assert.Null(Read(db => SignInStore.Find(db, "s1")));
        Assert.NotNull(Read(db => SignInStore.Find(db, "s0")));
    }

    [Theory]
    [InlineData("password", "s2")]
    [InlineData("lock", "")]
    [InlineData("remove", "")]
    [InlineData("role", "s1 s2")]
    public void Users_Changed_TheirSignInsEndWhereTheyMust(string change, string left)
    {
        Write(db => UserStore.Add(db, new UserRow { Name = "ana", Role = "lead" }));
        foreach (var id in new[] { "s1", "s2" })
            Write(db => SignInStore.Add(db, new SignInRow { Id = id, Name = "ana" }));
        Write(db => SignInStore.Add(db, new SignInRow { Id = "s3", Name = "rui" }));

        Assert.True(Write(db => change switch
        {
            "password" => UserStore.SetPassword(db, "ana", [1], [2], "s2"),
            "lock" => UserStore.SetLocked(db, "ana", 5),
            "remove" => UserStore.Remove(db, "ana"),
            _ => UserStore.SetRole(db, "ana", "agent"),
        }));

        Assert.Equal(left, string.Join(' ', Read(db => SignInStore.OfUser(db, "ana")).Select(s => s.Id)));
        Assert.NotNull(Read(db => SignInStore.Find(db, "s3")));
    }

    [Fact]
    public void Invitations_OneAUserAndInTime()
    {
        Write(db => InvitationStore.Put(db, new InvitationRow { Name = "ana", Hash = [1], UntilAt = 100 }));
        Write(db => InvitationStore.Put(db, new InvitationRow { Name = "ana", Hash = [2], UntilAt = 100 }));

        Assert.Null(Read(db => InvitationStore.Find(db, [1], 5)));
        AssertSame(new InvitationRow { Name = "ana", Hash = [2], UntilAt = 100 }, Read(db => InvitationStore.Find(db, [2], 99)));
        Assert.Null(Read(db => InvitationStore.Find(db, [2], 100)));
        Assert.True(Read(db => InvitationStore.Has(db, "ana")));
        Write(db => UserStore.SetPassword(db, "ana", [1], [2]));
        Assert.False(Read(db => InvitationStore.Has(db, "ana")));
        Assert.Null(Read(db => InvitationStore.Find(db, [2], 5)));
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
