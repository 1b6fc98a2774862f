using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Search;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Search;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Search;

public abstract class SearchStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private void Customer(string id, string name = "", string phone = "", string postcode = "", string place = "", string address = "") => Write(db => CustomerStore.Put(db,
        new Customer(id) { Name = name, Phone = phone, Postcode = postcode, Place = place, Address = address }, 1));

    private void Device(string id, string serial, string customer) => Write(db =>
        DeviceStore.Put(db, new Device(DeviceId.Parse(id)) { Model = "M-1", Serial = serial, Customer = customer }, 1));

    /// <summary>Reads the words of all that waits.</summary>
    private void ReadWords() => Write(db =>
    {
        foreach (var one in SearchStore.Pending(db, 1000))
            SearchStore.Read(db, one);
    });

    private string Found(string text, int limit = 10) =>
        string.Join(' ', Read(db => CallerStore.Customers(db, CallerText.Read(text), limit)).Select(f => $"{f.Id}:{f.By}"));

    private long[] Cases(string text)
    {
        var where = new WordsWhere("case_words", "case_id", "w");
        var select = where.Select(SearchWords.Of(text));
        return [.. Read(db => db.Query<long>($"SELECT id FROM cases WHERE id IN ({select}) ORDER BY id", where.Args))];
    }

    [Theory]
    [InlineData("+351 912 345 678", "912345678")]
    [InlineData("+351 912 345 678", "0912 345 678")]
    [InlineData("+351 912 345 678", "+351912345678")]
    [InlineData("+351 912 345 678", "00351 912-345-678")]
    [InlineData("+351 912 345 678", "45678")]
    [InlineData("0912 345 678", "+351 912 345 678")]
    [InlineData("912345678", "00351912345678")]
    public void Customers_ByPhoneInAnySpelling_AreFound(string stored, string asked)
    {
        Customer("c1", phone: stored);
        Customer("c2", phone: "+351 912 345 679");
        Customer("c3");

        Assert.Equal("c1:Phone", Found(asked));
    }

    [Theory]
    [InlineData("4300-123")]
    [InlineData("4300123")]
    [InlineData("4300 123")]
    public void Customers_ByPostcodeInAnySpelling_AreFound(string asked)
    {
        Customer("c1", postcode: "4300-123");
        Customer("c2", postcode: "4300-124");
        Customer("c3", postcode: "4300 123");

        Assert.Equal("c1:Postcode c3:Postcode", Found(asked));
        Assert.Equal("c1:Postcode c3:Postcode c2:Postcode", Found("4300"));
    }

    [Fact]
    public void Customers_ByNameAndPlace_WithoutAccentsAndCase()
    {
        Customer("c1", "Inês Rocha", place: "Bonfim, Porto");
        Customer("c2", "INES PINTO", place: "Baixa, Porto", address: "Rua da Rocha 5");
        Assert.Equal("", Found("rocha"));
        ReadWords();

        Assert.Equal("c1:Words c2:Words", Found("inês"));
        Assert.Equal("c1:Words c2:Words", Found("Rocha ines"));
        Assert.Equal("c1:Words", Found("ines bonf"));
        Assert.Equal("c2:Words", Found("PÓRTO pinto"));
        Assert.Equal("", Found("nes rocha"));
        Assert.Equal("", Found("i"));
        Assert.Equal("c1:Words", Found("porto", limit: 1));
    }

    [Fact]
    public void Customers_Changed_AreFoundByWhatIsTrueNow()
    {
        Customer("c1", "Ana Ferreira", "912345678", "4300-123");
        ReadWords();
        Customer("c1", "Ana Lopes", "912345679", "4300-124");
        ReadWords();

        Assert.Equal("", Found("ferreira"));
        Assert.Equal("c1:Words", Found("lopes"));
        Assert.Equal("", Found("912345678"));
        Assert.Equal("c1:Phone", Found("912345679"));
        Assert.Empty(Read(db => SearchStore.Pending(db, 10)));

        Write(db => CustomerStore.Erase(db, "c1"));
        Assert.Equal(0, Read(db => db.Scalar<long>("SELECT count(*) FROM customer_words")));
    }

    [Fact]
    public void Customers_FromBeforeTheyWereSearchedFor_AreFoundAfterTheFirstStart()
    {
        Customer("c1", "Ana", "+351 912 345 678", "4300-123");
        Write(db => db.Execute("UPDATE customers SET phone_reversed = '', postcode_folded = ''"));
        Assert.Equal("", Found("912345678"));

        ReadWords();

        Assert.Equal("c1:Phone", Found("912345678"));
        Assert.Equal("c1:Postcode", Found("4300123"));
    }

    [Fact]
    public void Customers_ByTheirDevice_AreFoundOnceEach()
    {
        Customer("c1", "Ana");
        Device("HP-1", "SN-77A", "c1");
        Device("HP-10", "SN-77B", "c1");
        Device("HP-2", "SN-78", "c2");

        Assert.Equal("c1:Device", Found("hp-1"));
        Assert.Equal("c1:Device", Found("sn-77b"));
        Assert.Equal("", Found("HP-2"));
        Assert.Equal(["HP-1", "HP-10"], Read(db => CallerStore.Devices(db, "sn-77", 10)));
        Assert.Equal(["HP-1"], Read(db => CallerStore.Devices(db, "hp-1", 1)));
        Assert.Empty(Read(db => CallerStore.Devices(db, "", 10)));
    }

    [Fact]
    public void Cases_ByAllThatIsWrittenOnThem_AreFound()
    {
        var id = Write(db => CaseStore.TryOpen(db, new CaseRow { Device = "HP-1", Family = "pump", Title = "Pump blocked", Summary = "Três vezes a corrente" }))!.Value;
        var other = Write(db => CaseStore.TryOpen(db, new CaseRow { Device = "HP-2", Family = "pump", Title = "Pump blocked" }))!.Value;
        Write(db => StepStore.Add(db, new StepRow { CaseId = id, Text = "Replace the impeller" }));
        ReadWords();
        Write(db => TimelineStore.Add(db, new TimelineRow { Subject = $"case:{id}", Kind = "note", Text = "The neighbour says it hums" }));
        Write(db => TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{id}", Kind = "note", Text = "elsewhere" }));
        Assert.Empty(Cases("hums"));
        ReadWords();

        Assert.Equal([id, other], Cases("pump"));
        Assert.Equal([id, other], Cases("BLOCKED pum"));
        Assert.Empty(Cases("pum blocked"));
        Assert.Equal([id], Cases("tres"));
        Assert.Equal([id], Cases("impel"));
        Assert.Equal([id], Cases("neighbour hums"));
        Assert.Equal([id], Cases("HP-1"));
        Assert.Empty(Cases("elsewhere"));
        Assert.Empty(Cases("***"));
    }

    [Fact]
    public void Cases_Changed_AreFoundByWhatIsTrueNow()
    {
        var id = Write(db => CaseStore.TryOpen(db, new CaseRow { Device = "HP-1", Family = "pump", Title = "Pump blocked" }))!.Value;
        ReadWords();
        Write(db => CaseStore.Update(db, CaseStore.Find(db, id)! with { Title = "Valve stuck" }));
        ReadWords();

        Assert.Empty(Cases("pump blocked"));
        Assert.Equal([id], Cases("valve"));
    }
}

public sealed class SearchStoreOnSqliteFiles : SearchStoreCompliance<SqliteFiles>;

public sealed class SearchStoreInSqliteMemory : SearchStoreCompliance<SqliteMemory>;

public sealed class SearchStoreOnPostgres : SearchStoreCompliance<PostgresSchemas>;
