using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class UnsubscribeTokenTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void Read_WhatWasMade_IsTheSame_AndNothingElseIs()
    {
        var token = UnsubscribeToken.Make(Key, "ana:1", NoticeClass.Usage);
        Assert.Equal(("ana:1", NoticeClass.Usage), UnsubscribeToken.Read(Key, token));
        Assert.Null(UnsubscribeToken.Read([.. Key.Reverse()], token));
        Assert.DoesNotContain('/', token);
        foreach (var i in new[] { 0, 5, token.IndexOf('.') + 1, token.IndexOf('.') + 9 })
            Assert.Null(UnsubscribeToken.Read(Key, token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b.c")]
    [InlineData("!.!")]
    public void Read_Rubbish_IsNone(string token) => Assert.Null(UnsubscribeToken.Read(Key, token));
}
