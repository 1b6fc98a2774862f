using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Devices;

public sealed class DeviceImportTests
{
    private static readonly DeviceId Pump = DeviceId.Parse("hp-1");

    private static string[] Problems(string csv) => [.. DeviceImport.Read(csv).Problems.Select(p => p.ToString())];

    private static string[] JsonProblems(string json) => [.. DeviceImport.ReadJson(json).Problems.Select(p => p.ToString())];

    [Fact]
    public void Read_AllColumnsInAnyOrder_GivesTheRow()
    {
        var reading = DeviceImport.Read("password, Serial,id,model,firmware,parent,segment,customer,installed,WARRANTY_UNTIL\n\" p,w \",S1, hp-1 ,HP-2,1.4,gw-1,north/n1,c-1,2024-02-29,2027-05-31\n");

        Assert.True(reading.IsGood);
        Assert.Equal(
            new DeviceImportRow(2, Pump)
            {
                Model = "HP-2", Firmware = "1.4", Serial = "S1", Parent = "gw-1", Segment = "north/n1", Customer = "c-1", Installed = "2024-02-29",
                    WarrantyUntil = "2027-05-31",
                Password = " p,w ",
            },
            Assert.Single(reading.Rows));
    }

    [Fact]
    public void Read_OnlyIds_IsEnough()
    {
        Assert.Equal([new DeviceImportRow(2, DeviceId.Parse("a")), new DeviceImportRow(4, DeviceId.Parse("b"))],
            DeviceImport.Read("\uFEFFid\r\na\r\n\r\nb\r\n").Rows.ToArray());
    }

    [Fact]
    public void Read_Thumbprints_AreOneFormHoweverTheyAreWritten()
    {
        var (hex, other) = (string.Concat(Enumerable.Repeat("aB", 32)), new string('1', 64));
        var colons = string.Join(':', Enumerable.Repeat("AB", 32));

        var rows = DeviceImport.Read($"id,thumbprint\na,{colons}\nb,{hex}  {other}\nc,\n").Rows;

        Assert.Equal([hex.ToLowerInvariant()], rows[0].Thumbprints!.Value.ToArray());
        Assert.Equal([hex.ToLowerInvariant(), other], rows[1].Thumbprints!.Value.ToArray());
        Assert.Empty(rows[2].Thumbprints!.Value);
        Assert.Null(Assert.Single(DeviceImport.Read("id\na\n").Rows).Thumbprints);
    }

    [Fact]
    public void ToString_Row_HasNoPassword() =>
        Assert.DoesNotContain("geheim", Assert.Single(DeviceImport.Read("id,password\na,geheim").Rows).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Read_OneBadRow_NoRowsAtAll()
    {
        var reading = DeviceImport.Read("id,installed\na,2024-01-01\nb,yesterday\n");

        Assert.False(reading.IsGood);
        Assert.Empty(reading.Rows);
    }

    [Fact]
    public void Read_ManyMistakes_NamesThemAll() => Assert.Equal(
        [
            "line 2, installed: '29.02.2024' is no day (write it as year-month-day, 2027-05-31)",
            "line 3, id: '/' is not allowed in an id (use letters, digits and . _ : @ -)",
            "line 4, id: the id is missing (give every row an id)",
            "line 5: the row has 3 fields, the header 4 (write every comma; put a field with a comma in quotes)",
            "line 6, id: 'a' is on line 2 already (keep one of the two)",
            "line 7, segment: segment 'north//n1' has an empty level; write it as region/node/cabinet without a slash at either end (write it as region/node/cabinet)",
            "line 7, warranty_until: '2024-02-30' is no day (write it as year-month-day, 2027-05-31)",
            "line 8: a quote stands inside a field that does not begin with one (put the whole field in quotes and write the quote in it twice)",
            "line 9, warranty_until: the warranty ends on 2024-01-01, before the installation on 2024-01-02 (correct one of the days)",
        ],
        Problems("id,segment,installed,warranty_until\na,,29.02.2024,\na/b,,,\n,,,\nc,,\na,,,\nd,north//n1,,2024-02-30\ne,\"x\"\"\",,5\" 3\nf,,2024-01-02,2024-01-01\n"));

    [Theory]
    [InlineData("", "line 1: the file is empty (begin with a header line: id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password,thumbprint,sas_primary,sas_secondary,contract,contract_from,contract_until)")]
    [InlineData("model\nM\n", "line 1, id: the header has no column id (begin with a header line: id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password,thumbprint,sas_primary,sas_secondary,contract,contract_from,contract_until)")]
    [InlineData("id,modle\n", "line 1, modle: a device has no column 'modle' (did you mean model?)")]
    [InlineData("id,colour\n", "line 1, colour: a device has no column 'colour' (the columns are id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password,thumbprint,sas_primary,sas_secondary,contract,contract_from,contract_until)")]
    [InlineData("id;model\n", "line 1, id;model: a device has no column 'id;model' (separate the columns with commas)")]
    [InlineData("id,id\n", "line 1, id: the column is there twice (remove one of them)")]
    [InlineData("id,\n", "line 1: a column has no name (the columns are id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password,thumbprint,sas_primary,sas_secondary,contract,contract_from,contract_until)")]
    [InlineData("id,contract,contract_from,contract_until\na,gold,2026-02-01,2026-01-01\n", "line 2, contract_until: the contract ends on 2026-01-01, before it begins on 2026-02-01 (correct one of the days)")]
    [InlineData("id,parent\na,a\n", "line 2, parent: a device cannot be its own gateway (name the gateway device, or leave the field empty)")]
    [InlineData("id,thumbprint\na,beef\n", "line 2, thumbprint: 'beef' is no SHA-256 thumbprint of a certificate (write its 64 hexadecimal digits: openssl x509 -fingerprint -sha256)")]
    [InlineData("id,sas_primary\na,c2hvcnQ=\n", "line 2, sas_primary: is no key of a shared-access signature (write 16 to 128 random bytes in base64: openssl rand -base64 32)")]
    [InlineData("id,sas_secondary\na,not base64\n", "line 2, sas_secondary: is no key of a shared-access signature (write 16 to 128 random bytes in base64: openssl rand -base64 32)")]
    [InlineData("id,model\na,\"x\ty\"\n", "line 2, model: has the control character U+0009 (remove it; only an address may have several lines)")]
    public void Read_OneMistake_SaysWhereWhatAndWhatToDo(string csv, string expected) => Assert.Equal([expected], Problems(csv));

    [Theory]
    [InlineData("id", 128)]
    [InlineData("model", 100)]
    [InlineData("firmware", 100)]
    [InlineData("serial", 100)]
    [InlineData("parent", 128)]
    [InlineData("customer", 128)]
    [InlineData("password", 256)]
    public void Read_Limits_AreExact(string column, int limit)
    {
        string Csv(int length) => column == "id" ? $"id\n{new string('x', length)}\n" : $"id,{column}\na,{new string('x', length)}\n";

        Assert.Empty(Problems(Csv(limit)));
        Assert.Equal([$"line 2, {column}: has {limit + 1} characters, at most {limit} are allowed (shorten it)"], Problems(Csv(limit + 1)));
    }

    [Fact]
    public void Read_MoreRowsThanTheLimit_IsRefused()
    {
        var csv = "id\n" + string.Concat(Enumerable.Range(0, DeviceImport.MaxRows + 1).Select(i => $"d{i}\n"));

        Assert.Equal([$"line {DeviceImport.MaxRows + 2}: there are more than {DeviceImport.MaxRows} rows (split the file)"], Problems(csv));
        Assert.Equal(DeviceImport.MaxRows, DeviceImport.Read(csv[..^"d100000\n".Length]).Rows.Length);
    }

    [Fact]
    public void Read_GatewaysInACircle_AreRefused()
    {
        var problem = Assert.Single(DeviceImport.Read("id,parent\na,b\nb,c\nc,b\nd,a\ne,\nf,e\n").Problems);

        Assert.Equal("parent", problem.Column);
        Assert.Contains("lead back to it", problem.Message, StringComparison.Ordinal);
        Assert.Empty(Problems("id,parent\na,b\nb,c\nc,\nd,b\n"));
    }

    [Fact]
    public void CheckParents_NeitherInTheFileNorRegistered_AreNamed()
    {
        var rows = DeviceImport.Read("id,parent\na,gw-1\nb,a\nc,gw-9\nd,gx-1\ne,\n").Rows;

        Assert.Equal(
            [
                "line 4, parent: 'gw-9' is neither in the file nor registered (did you mean gw-1?)",
                "line 5, parent: 'gx-1' is neither in the file nor registered (did you mean gw-1?)",
            ],
            DeviceImport.CheckParents(rows, new HashSet<string> { "gw-1" }).Select(p => p.ToString()));
    }

    [Fact]
    public void ParentsFirst_ChildrenBeforeTheirGateways_EachOnceAndBehindItsParent()
    {
        var rows = DeviceImport.Read("id,parent\nd,c\nb,a\nx,elsewhere\nc,b\na,\ne,b\n").Rows;

        Assert.Equal(["a", "b", "c", "d", "x", "e"], DeviceImport.ParentsFirst(rows).Select(r => r.Id.Value));
        Assert.Empty(DeviceImport.ParentsFirst([]));
    }

    [Fact]
    public void ReadJson_SameNamesAndChecks()
    {
        var reading = DeviceImport.ReadJson("""[{"id":"hp-1","model":"HP-2","installed":null},{"id":"b"}]""");

        Assert.Equal([new DeviceImportRow(1, Pump) { Model = "HP-2", Installed = "" }, new DeviceImportRow(2, DeviceId.Parse("b"))], reading.Rows.ToArray());
        Assert.Equal(new DeviceImportRow(1, Pump), Assert.Single(DeviceImport.ReadJson("""{"id":"hp-1"}""").Rows));
        Assert.Empty(DeviceImport.ReadJson("[]").Problems);
    }

    [Theory]
    [InlineData("""[{"id":"a","modle":"x"}]""", "line 1, modle: a device has no column 'modle' (did you mean model?)")]
    [InlineData("""[{"id":"a"},{"id":"a"}]""", "line 2, id: 'a' is on line 1 already (keep one of the two)")]
    [InlineData("""[{"id":5}]""", "line 1, id: must be a text, this is a number (put it in quotes)|line 1, id: the id is missing (give every row an id)")]
    [InlineData("""[{"id":"a","model":"x","model":"y"}]""", "line 1, model: the name is there twice (remove one of them)")]
    [InlineData("""[7]""", "line 1: a device must be an object, this is a number (write {\"id\": \"…\", …})")]
    [InlineData("""[{"id":"a","installed":"2024-13-01"}]""", "line 1, installed: '2024-13-01' is no day (write it as year-month-day, 2027-05-31)")]
    public void ReadJson_Mistakes_AreNamed(string json, string expected) => Assert.Equal(expected, string.Join("|", JsonProblems(json)));

    [Fact]
    public void ReadJson_NoJson_NamesTheLine() =>
        Assert.StartsWith("line 2: this is not JSON (", Assert.Single(JsonProblems("[\n{oops}]")), StringComparison.Ordinal);

    [Fact]
    public void ApplyTo_MissingStays_EmptyTakesAway_GivenReplaces()
    {
        var device = new Device(Pump)
        {
            Model = "M", Firmware = "F", Parent = DeviceId.Parse("gw"), Segment = Segment.Parse("n"), Installed = new DateOnly(2024, 1, 1),
            Params = ImmutableSortedDictionary<string, MetricValue>.Empty.Add("r.a", MetricValue.Of(1.0)),
        };

        var after = new DeviceImportRow(1, Pump) { Firmware = "G", Parent = "", Segment = "", Installed = "", WarrantyUntil = "2030-01-01" }.ApplyTo(device);

        Assert.Equal(device with { Firmware = "G", Parent = null, Segment = Segment.None, Installed = null, WarrantyUntil = new DateOnly(2030, 1, 1) }, after);
        Assert.Equal(new Device(Pump) { Parent = DeviceId.Parse("gw") }, new DeviceImportRow(1, Pump) { Parent = "gw" }.ApplyTo(null));
    }
}
