using B2D.Core.Devices;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Migrations;
using B2D.Storage.Notices;
using B2D.Storage.Postgres;
using B2D.Storage.Sqlite;
using B2D.Storage.Tests.Places;
using B2D.Storage.Webhooks;
using Xunit;

namespace B2D.Storage.Tests.Migrations;

public sealed class MigrationTests
{
    private static readonly MigrationSet OneStep = new("test", [new Migration(1, "one", "CREATE TABLE one (id $id, text $text, body $blob)")]);
    private static readonly MigrationSet BrokenStep = OneStep with { Steps = [.. OneStep.Steps,
        new Migration(2, "two", "CREATE TABLE two (id BIGINT); CREATE TABLE one (id BIGINT)")] };
    private static readonly MigrationSet TwoSteps = OneStep with { Steps = [.. OneStep.Steps,
        new Migration(2, "two", "CREATE TABLE two (id BIGINT); INSERT INTO one (text) VALUES ('x')")] };

    public static TheoryData<string> Kinds => ["files", "postgres"];

    [Fact]
    public void Sets_AreNumberedFromOneWithoutAGap()
    {
        foreach (var set in new[] { MigrationSet.Log, MigrationSet.State, MigrationSet.Telemetry })
        {
            Assert.NotEmpty(set.Steps);
            Assert.Equal(Enumerable.Range(1, set.Steps.Count), set.Steps.Select(s => s.Version));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Apply_NextStep_KeepsWhatIsThere(string kind)
    {
        using var place = Somewhere(kind, out var open);
        using (var database = open(OneStep))
            database.Write(db => db.Execute("INSERT INTO one (text) VALUES ('kept')"));

        using var newer = open(TwoSteps);

        Assert.Equal(["kept", "x"], newer.Read(db => db.Query<string>("SELECT text FROM one ORDER BY id")));
        Assert.Equal([1, 2], newer.Read(db => db.Query<long>("SELECT version FROM schema_version ORDER BY version")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Apply_StateOfTheFirstRelease_KeepsItsDevicesAndTheirPasswords(string kind)
    {
        using var place = Somewhere(kind, out var open);
        using (var released = open(MigrationSet.State with { Steps = [MigrationSet.State.Steps[0]] }))
        {
            released.Write(db => db.Execute(
                """
                INSERT INTO devices (id, model, firmware, serial, parent, segment, customer, installed, warranty_until, params, secret_kind, secret, salt,
                  registered_at, changed_at)
                VALUES ('pump', 'HP-2', '', '', '', 'north', 'ana', '', '', '{}', 'sha256', @hash, @salt, 5, 6)
                """,
                new { hash = new byte[] { 1, 2 }, salt = Array.Empty<byte>() }));
        }

        using var now = open(MigrationSet.State);

        Assert.Equal(("HP-2", "north", 6L), now.Read(db => DeviceStore.Find(db, "pump")) is { } row ? (row.Model, row.Segment, row.ChangedAt) : default);
        Assert.Equal([1, 2], now.Read(db => DeviceStore.FindSecret(db, "pump"))!.Hash);
        Assert.Empty(now.Read(db => CredentialStore.OfDevices(db, ["pump"])));
        Assert.Equal(Enumerable.Range(1, MigrationSet.State.Latest).Select(v => (long)v), now.Read(db => db.Query<long>("SELECT version FROM schema_version ORDER BY version")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Apply_CasesThatWaited_KeepTheTimeThatDoesNotCount(string kind)
    {
        using var place = Somewhere(kind, out var open);
        using (var released = open(MigrationSet.State with { Steps = [.. MigrationSet.State.Steps.Take(8)] }))
        {
            released.Write(db => db.Execute(
                """
                INSERT INTO cases (device, family, state, priority, queue, title, rule, rule_version, episode, severity, class, segment, customer, opened_at, onset_at, last_seen_at,
                  recurrences, assignee, waiting_for, waiting_until, waited_ms, waiting_since_at, resolved_at, resolved_by, closed_at, disposition, linked_case, outage_id, reopened,
                  reopen_within_ms, resolve_after_ms, clear_since_at, summary, next_step, version)
                VALUES ('d', 'f', 'Waiting', 3, 'service', '', '', '', '', 2, 0, '', '', 1000, 900, 1000, 0, '', 'the pump', 9000, 500, 4000, 0, '', 0, '', 0, 0, 0, 0, 0, 0, '', '', 1)
                """));
        }

        using var now = open(MigrationSet.State);

        var row = now.Read(db => CaseStore.FindOpen(db, "d", "f"))!;
        Assert.Equal(("third-party", "the pump", 0L, false), (row.WaitingKind, row.WaitingFor, row.RepairMs, row.Late));
        Assert.Equal([("", 1000L, 1500L), ("the pump", 4000L, 0L)], now.Read(db => WaitStore.List(db, row.Id)).Select(w => (w.WaitingFor, w.FromAt, w.UntilAt)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Apply_PersonalData_IsWhoseItWas_AndGoesWhereItShouldNotStand(string kind)
    {
        using var place = Somewhere(kind, out var open);
        using (var released = open(MigrationSet.State with { Steps = [.. MigrationSet.State.Steps.Take(19)] }))
        {
            released.Write(db =>
            {
                DeviceStore.Put(db, new Device(DeviceId.Parse("hp")) { Customer = "ana" }, 1);
                DeviceStore.Put(db, new Device(DeviceId.Parse("hp")) { Customer = "rui" }, 50);
                foreach (var (key, at) in new[] { ("before", 5L), ("after", 60) })
                    OutsideFactStore.Put(db, new OutsideFactRow { Key = key, Kind = "moved", Subject = "device:hp", FromAt = at, CreatedAt = at });
                CaseStore.TryOpen(db, new CaseRow { Device = "hp", Family = "pump", Customer = "rui", OpenedAt = 1 });
                CaseStore.TryOpen(db, new CaseRow { Device = "fan", Family = "fan", Customer = "eva", OpenedAt = 1 });
                Line(db, "case:1", "handoff", "", 20, "{\"To\":\"rui\",\"Finished\":\"a\",\"Open\":\"b\",\"Promised\":\"c\"}");
                Line(db, "case:2", "handoff", "", 20, "{\"To\":\"rui\",\"Finished\":\"a\",\"Open\":\"b\",\"Promised\":\"Eva\"}");
                Line(db, "case:1", "owner", "", 50, "{\"from\":\"ana\",\"to\":\"rui\"}");
                Line(db, "outage:7", "customer", "ana says that it does not work: Ana says that it is cold", 5, "{}");
                foreach (var (id, at) in new[] { (1, 10), (2, 60) })
                    db.Execute("INSERT INTO complaints (case_id, text, owner, raised_by, raised_at, acknowledge_by, acknowledged_at, answer_by, answered_at, answered_by, escalated_at, escalated_to) VALUES (1, 'x', '', '', @at, 0, 0, 0, @id, '', 0, '')", new { id, at });
                db.Execute("INSERT INTO case_handoffs (case_id, at, from_who, to_who, finished, still_open, promised, read_by, read_at) VALUES (1, 20, 'marta', 'rui', 'a', 'b', 'c', '', 0)");
                WebhookStore.Add(db, new ReceiverRow { Name = "r", Url = "https://x", Events = " notice.failed " });
                foreach (var (id, words) in new[] { ("m", "550 <ana@example.org> unknown"), ("n", "mailbox full") })
                {
                    NoticeStore.Put(db, new NoticeRow { Id = id, Customer = "ana", Subject = "case:1", Episode = id, Channel = "email", State = "Sent" });
                    BounceStore.Put(db, new BounceRow { Notice = id, Kind = "NotDelivered", Reason = words });
                    NoticeStore.Bounce(db, id, $"came back: {words}");
                }
            });
        }

        using var now = open(MigrationSet.State);

        Assert.Equal(["ana", "rui"], now.Read(db => db.Query<string>("SELECT customer FROM complaints ORDER BY id")));
        Assert.Equal(["1 ana c", "2 eva Eva"], now.Read(db => db.Query<string>("SELECT case_id || ' ' || customer || ' ' || promised FROM case_handoffs ORDER BY id")));
        Assert.All(now.Read(db => TimelineStore.List(db, "case:1").Where(l => l.Kind == "handoff")), l => Assert.Equal("{}", l.Detail));
        Assert.Equal("ana", now.Read(db => TimelineStore.List(db, "outage:7")).Single().ToSaid());
        Assert.Equal(["after"], now.Read(db => OutsideFactStore.InForce(db, ["device:hp"], 99)).Select(f => f.Key));
        Assert.Equal(["", "mailbox full"], now.Read(db => db.Query<string>("SELECT reason FROM bounces ORDER BY notice")));
        Assert.Equal(["came back", "came back: mailbox full"], now.Read(db => db.Query<string>("SELECT last_error FROM notices ORDER BY id")));
        var told = now.Read(db => db.Query<string>("SELECT data FROM webhook_deliveries ORDER BY id"));
        Assert.Equal(["came back", "came back: mailbox full"], told.Select(d => System.Text.Json.Nodes.JsonNode.Parse(d)!["error"]!.GetValue<string>()));

        static void Line(Db db, string subject, string kind, string text, long at, string detail) => TimelineStore.Add(db, new TimelineRow { Subject = subject, Kind = kind, Text = text, At = at, Who = "marta", Detail = detail });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Apply_StepThatFails_LeavesNothingOfIt(string kind)
    {
        using var place = Somewhere(kind, out var open);
        open(OneStep).Dispose();

        Assert.ThrowsAny<Exception>(() => open(BrokenStep));

        using var database = open(TwoSteps); // would fail if table two were there
        Assert.Equal(2, database.Read(db => db.Scalar<long>("SELECT max(version) FROM schema_version")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Apply_NewerData_IsRefusedAndUntouched(string kind)
    {
        using var place = Somewhere(kind, out var open);
        open(TwoSteps).Dispose();

        var refused = Assert.Throws<StorageException>(() => open(OneStep));

        Assert.Equal(StorageProblem.NewerData, refused.Problem);
        Assert.Contains("schema version 2", refused.Message, StringComparison.Ordinal);
        open(TwoSteps).Dispose();
    }

    [Theory]
    [InlineData("log.db")]
    [InlineData("state.db")]
    [InlineData("telemetry.db")]
    [InlineData("sessions.db")]
    public void Open_FileOfANewerProgram_IsRefusedAndTheFolderIsFree(string file)
    {
        using var place = new SqliteFiles();
        place.Open().Dispose();
        var set = new MigrationSet("x", [.. Enumerable.Range(1, 99).Select(i => new Migration(i, "x", "SELECT 1"))]);
        SqliteDatabase.Open(Path.Combine(place.Folder, file), set).Dispose();

        for (var again = 0; again < 2; again++) // the second time, the lock must not be what refuses
        {
            var refused = Assert.Throws<StorageException>(() => place.Open());
            Assert.Equal(StorageProblem.NewerData, refused.Problem);
            Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_IsDamagedData()
    {
        using var place = new SqliteFiles();
        File.WriteAllText(Path.Combine(place.Folder, "state.db"), new string('x', 5000));

        var refused = Assert.Throws<StorageException>(() => place.Open());

        Assert.Equal(StorageProblem.Damaged, refused.Problem);
        Assert.Contains("state.db", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_WordsAndParts_BecomeTheDatabasesOwn()
    {
        const string sql = "a $id, b $text\n-- sqlite only\nonly sqlite $unknown\n-- postgres only\nonly postgres\n-- both\nc $blob $real $bool $clustered";

        Assert.Equal("a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT\nonly sqlite $unknown\nc BLOB REAL INTEGER WITHOUT ROWID",
            Migrator.Translate(sql, Dialect.Sqlite));
        Assert.Equal(
            "a BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, b TEXT COLLATE \"C\"\nonly postgres\nc BYTEA DOUBLE PRECISION BOOLEAN ",
                Migrator.Translate(sql, Dialect.Postgres));
    }

    [Fact]
    public void Problems_NoneBothOrOnePlace()
    {
        Assert.Empty(new StorageOptions { DataFolder = "data" }.Problems());
        Assert.Empty(new StorageOptions { PostgresConnection = "Host=x" }.Problems());
        Assert.Single(new StorageOptions().Problems());
        Assert.Single(new StorageOptions { DataFolder = "data", PostgresConnection = "Host=x" }.Problems());
        Assert.Throws<ArgumentException>(() => Stores.Open(new StorageOptions()));
    }

    private static Place Somewhere(string kind, out Func<MigrationSet, Database> open)
    {
        if (kind == "files")
        {
            var files = new SqliteFiles();
            open = set => SqliteDatabase.Open(Path.Combine(files.Folder, "test.db"), set);
            return files;
        }
        var schemas = new PostgresSchemas();
        var schema = "migration_" + Guid.NewGuid().ToString("N");
        open = set => PostgresDatabase.Open(schemas.Connection, schema, set);
        return schemas;
    }
}
