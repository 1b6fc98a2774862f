using B2D.Core.Customers;
using Xunit;

namespace B2D.Core.Tests.Devices;

public sealed class CustomerImportTests
{
    private static string[] Problems(string column, string text) =>
        [.. CustomerImport.Read($"id,{column}\nc1,\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n").Problems.Select(p => p.ToString())];

    [Fact]
    public void Read_AllColumns_GivesTheRow()
    {
        var reading = CustomerImport.Read(
            "id,name,email,phone,language,time_zone,preferred_channel,address,postcode,place,contract,contract_until\r\nc-1,\"Silva, Ana\",ana@example.org,+351 912 345 678,pt-PT,Europe/Lisbon,sms,\"Rua 1\r\n4000 Porto\",4300-123,\"Bonfim, Porto\",gold,2027-05-31\r\n");

        Assert.Equal(
            new CustomerImportRow(2, "c-1")
            {
                Name = "Silva, Ana", Email = "ana@example.org", Phone = "+351 912 345 678", Language = "pt-PT", TimeZone = "Europe/Lisbon",
                    PreferredChannel = "sms",
                Address = "Rua 1\r\n4000 Porto", Postcode = "4300-123", Place = "Bonfim, Porto", Contract = "gold", ContractUntil = "2027-05-31",
            },
            Assert.Single(reading.Rows));
    }

    [Theory]
    [InlineData("ana@example.org")]
    [InlineData("a.b+c@sub.example.co")]
    [InlineData("o'hara@example.org")]
    [InlineData("root@localhost")]
    public void Email_Good_IsTaken(string email) => Assert.Empty(Problems("email", email));

    [Theory]
    [InlineData("ana")]
    [InlineData("ana@")]
    [InlineData("@example.org")]
    [InlineData("ana@example")]
    [InlineData("ana@-example.org")]
    [InlineData("ana@example..org")]
    [InlineData(".ana@example.org")]
    [InlineData("a..b@example.org")]
    [InlineData("ana silva@example.org")]
    [InlineData("ana@example.org, rui@example.org")]
    [InlineData("<ana@example.org>")]
    [InlineData("ana@exämple.org")]
    public void Email_Bad_IsRefused(string email) =>
        Assert.Equal([$"line 2, email: '{email}' is no e-mail address (write it as name@example.org)"], Problems("email", email));

    [Fact]
    public void Email_WithALineEnd_IsRefused() =>
        Assert.Equal(["line 2, email: has the control character U+000D (remove it; only an address may have several lines)"],
            Problems("email", "a@example.org\r\nBcc: b@example.org"));

    [Theory]
    [InlineData("+351 912 345 678", true)]
    [InlineData("(030) 123-45.67/8", true)]
    [InlineData("12345", true)]
    [InlineData("123456789012345", true)]
    [InlineData("1234", false)]
    [InlineData("1234567890123456", false)]
    [InlineData("0351+912345", false)]
    [InlineData("call me", false)]
    [InlineData("912345678 ext 5", false)]
    public void Phone_Shape_IsChecked(string phone, bool good) => Assert.Equal(good ? 0 : 1, Problems("phone", phone).Length);

    [Theory]
    [InlineData("pt", true)]
    [InlineData("pt-PT", true)]
    [InlineData("zh-Hant-TW", true)]
    [InlineData("de-CH-1996", true)]
    [InlineData("gsw", true)]
    [InlineData("p", false)]
    [InlineData("port", false)]
    [InlineData("pt_PT", false)]
    [InlineData("pt-", false)]
    [InlineData("pt-toolongsubtag", false)]
    [InlineData("Português", false)]
    public void Language_Shape_IsChecked(string language, bool good) => Assert.Equal(good ? 0 : 1, Problems("language", language).Length);

    [Theory]
    [InlineData("Europe/Lisbon", "")]
    [InlineData("UTC", "")]
    [InlineData("Asia/Kolkata", "")]
    [InlineData("Europe/Lisboa", "line 2, time_zone: 'Europe/Lisboa' is no time zone (did you mean Europe/Lisbon?)")]
    [InlineData("+01:00", "line 2, time_zone: '+01:00' is no time zone (write the tz database's name, Europe/Lisbon)")]
    public void TimeZone_OfTheTzDatabase(string zone, string problem) => Assert.Equal(problem, string.Join("|", Problems("time_zone", zone)));

    [Theory]
    [InlineData("email", true)]
    [InlineData("sms", true)]
    [InlineData("webhook", true)]
    [InlineData("SMS", false)]
    [InlineData("letter", false)]
    public void Channel_OneOfThree(string channel, bool good) => Assert.Equal(good ? 0 : 1, Problems("preferred_channel", channel).Length);

    [Fact]
    public void Address_SeveralLines_AreAllowedElsewhereNot()
    {
        Assert.Empty(Problems("address", "Rua 1\nPorto"));
        Assert.Single(Problems("place", "Rua 1\nPorto"));
    }

    [Theory]
    [InlineData("name", 200)]
    [InlineData("address", 500)]
    [InlineData("place", 200)]
    public void Limits_AreExact(string column, int limit)
    {
        Assert.Empty(Problems(column, new string('x', limit)));
        Assert.Single(Problems(column, new string('x', limit + 1)));
    }

    [Fact]
    public void Read_TwoProblemsInARow_AreBothNamed()
    {
        var problems = CustomerImport.Read("id,email,phone\nc1,x,y\n").Problems;

        Assert.Equal([(2, "email"), (2, "phone")], problems.Select(p => (p.Line, p.Column)));
    }

    [Fact]
    public void Read_UnknownColumn_NamesTheNearest() =>
        Assert.Equal("line 1, timezone: a customer has no column 'timezone' (did you mean time_zone?)",
            Assert.Single(CustomerImport.Read("id,timezone\n").Problems).ToString());

    [Fact]
    public void ReadJson_SameChecks()
    {
        Assert.Equal([new CustomerImportRow(1, "c1") { Email = "a@example.org" }], CustomerImport.ReadJson("""[{"id":"c1","email":"a@example.org"}]""").Rows.ToArray());
        Assert.Single(CustomerImport.ReadJson("""[{"id":"c1","email":"nope"}]""").Problems);
    }

    [Fact]
    public void ApplyTo_MissingStays_EmptyTakesAway()
    {
        var customer = new Customer("c1") { Name = "Ana", Email = "a@example.org", Place = "Porto" };

        Assert.Equal(customer with { Email = "", Phone = "12345" }, new CustomerImportRow(1, "c1") { Email = "", Phone = "12345" }.ApplyTo(customer));
        Assert.Equal(new Customer("c2") { Name = "Rui" }, new CustomerImportRow(1, "c2") { Name = "Rui" }.ApplyTo(null));
    }

    [Fact]
    public void ToString_Row_HasNoPersonalData() =>
        Assert.Equal("c1 (line 1)", new CustomerImportRow(1, "c1") { Name = "Ana", Email = "a@example.org" }.ToString());
}
