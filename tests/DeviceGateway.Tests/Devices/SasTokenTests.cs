using System.Text;
using B2D.Core.Devices;
using B2D.DeviceGateway.Devices;
using Xunit;

namespace B2D.DeviceGateway.Tests.Devices;

/// <summary>Tokens whose signatures were computed by another program (Python's hmac) over the key 0123456789abcdef0123456789abcdef.</summary>
public sealed class SasTokenTests
{
    internal const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    /// <summary>For the device pump, until 2026-11-21 19:01:03 UTC.</summary>
    internal const string Good =
        "SharedAccessSignature sr=localhost%3A21888%2Fdevices%2Fpump&sig=kJDjXdM%2B3viOM3zXjvyLY87jchuk1GJKPMMndWH4F%2Bc%3D&se=1795287663";

    private static readonly DeviceId Pump = DeviceId.Parse("pump");

    private static SasToken? Parse(string text) => SasToken.Parse(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData(Good)]
    [InlineData("SharedAccessSignature sr=hub.example.org%2fdevices%2fpump&sig=C7whLDlrYRgtt6gnEM1CRA2V6iZ7puM4J77NShBP8QU%3D&se=1795287663")]
    [InlineData("SharedAccessSignature sr=pump&sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo%3D&se=1795287663")]
    [InlineData("SharedAccessSignature se=1795287663&sr=pump&skn=device&sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo=")]
    [InlineData("SharedAccessSignature sr=localhost%3A21888%2Fdevices%2Fpump&sig=kJDjXdM%2b3viOM3zXjvyLY87jchuk1GJKPMMndWH4F%2bc%3d&se=1795287663")]
    public void Parse_TokenOfTheDevice_IsSignedAndForIt(string text)
    {
        var token = Parse(text);

        Assert.NotNull(token);
        Assert.True(token.IsSignedBy(Convert.FromBase64String(Key)));
        Assert.False(token.IsSignedBy(Encoding.UTF8.GetBytes(Key)));
        Assert.True(token.IsFor(Pump));
        Assert.False(token.IsFor(DeviceId.Parse("ump")));
        Assert.False(token.IsFor(DeviceId.Parse("21888")));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 19, 1, 3, TimeSpan.Zero), token.ExpiresAt);
    }

    [Theory]
    [InlineData("devices%2Fpump", "devices%2Fpumq")] // another resource
    [InlineData("se=1795287663", "se=1795287664")] // a later end
    [InlineData("sig=kJDj", "sig=kJDk")]
    [InlineData("%2Fdevices", "%2fdevices")] // signed as it stands, case included
    public void IsSignedBy_OneThingChanged_IsNot(string from, string to)
    {
        var token = Parse(Good.Replace(from, to, StringComparison.Ordinal));

        Assert.NotNull(token);
        Assert.False(token.IsSignedBy(Convert.FromBase64String(Key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SharedAccessSignature")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("sharedaccesssignature sr=a&sig=b&se=1")]
    [InlineData("SharedAccessSignature sr=pump&se=1795287663")]
    [InlineData("SharedAccessSignature sr=pump&sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo%3D")]
    [InlineData("SharedAccessSignature sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo%3D&se=1795287663")]
    [InlineData("SharedAccessSignature sr=pump&sig=Tvy27S8h&se=1795287663")]
    [InlineData("SharedAccessSignature sr=pump&sig=!&se=1795287663")]
    [InlineData("SharedAccessSignature sr=pump&sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo%3D&se=-1")]
    [InlineData("SharedAccessSignature sr=pump&sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo%3D&se=soon")]
    [InlineData("SharedAccessSignature sr=pump&sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo%3D&se=99999999999999999")]
    [InlineData("SharedAccessSignature sr=pump&sr=other&sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo%3D&se=1795287663")]
    [InlineData("SharedAccessSignature sr=pump&sig=Tvy27S8h5odpHJMhAuyesdTPWoaLwuxzXz39TA2AIzo%3D&se=1795287663&se=1895287663")]
    public void Parse_Malformed_IsNone(string text) => Assert.Null(Parse(text));

    [Fact]
    public void Parse_LongerThanAnyToken_IsNone() => Assert.Null(Parse(Good + "&skn=" + new string('x', 3000)));
}
