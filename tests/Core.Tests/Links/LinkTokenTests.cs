using B2D.Core.Links;
using Xunit;

namespace B2D.Core.Tests.Links;

public sealed class LinkTokenTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly LinkBond Bond = new(7, "ana", "case:12", "00112233445566778899aabbccddeeff");

    [Fact]
    public void Token_IsGoodForItsBondAndKeyAlone()
    {
        var token = LinkToken.Make(Key, Bond);
        Assert.Equal(7, LinkToken.IdOf(token));
        Assert.True(LinkToken.IsGood(Key, token, Bond));
        foreach (var other in new[] { Bond with { Id = 8 }, Bond with { Customer = "rui" }, Bond with { Subject = "case:13" }, Bond with { Nonce = Bond.Nonce[..^1] + "0" } })
            Assert.False(LinkToken.IsGood(Key, token, other));
        Assert.False(LinkToken.IsGood([.. Key.Reverse()], token, Bond));
        // 128 bits of a signature.
        Assert.Equal(22, token.Split('.')[1].Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7.")]
    [InlineData(".x")]
    [InlineData("-7.x")]
    [InlineData("7.x.y")]
    [InlineData("seven.x")]
    public void IdOf_WhatCanBeNoToken_IsNull(string text) => Assert.Null(LinkToken.IdOf(text));

    [Fact]
    public void IdOf_AVeryLongText_IsNull() => Assert.Null(LinkToken.IdOf("7." + new string('x', 1000)));

    [Fact]
    public void Code_OfManyBonds_IsEightUnambiguousLetters_AndHardlyEverTheSame()
    {
        var codes = Enumerable.Range(0, 2000).Select(i => LinkToken.Code(Key, Bond with { Nonce = $"{i}" })).ToArray();
        Assert.All(codes, c => Assert.Matches("^[2-9abcdefghjkmnpqrstuvwxyz]{8}$", c));
        Assert.Equal(codes.Length, codes.Distinct().Count());
        // Every letter at every place.
        for (var place = 0; place < LinkToken.CodeLength; place++)
            Assert.Equal(LinkToken.Alphabet.Length, codes.Select(c => c[place]).Distinct().Count());
    }

    [Theory]
    [InlineData("abcdefgh", "abcdefgh")]
    [InlineData(" ABCD-efgh ", "abcdefgh")]
    [InlineData("ab cd ef gh", "abcdefgh")]
    [InlineData("abcdefg", null)]
    [InlineData("abcdefghj", null)]
    [InlineData("abcdefg0", null)]
    [InlineData("abcdefgl", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Typed_AsPeopleType(string? typed, string? code) => Assert.Equal(code, LinkToken.Typed(typed));

    [Fact]
    public void Kept_SaysNothingOfTheCode_AndNeedsTheKey()
    {
        var kept = LinkToken.Kept(Key, "abcdefgh");
        Assert.DoesNotContain("abcdefgh", kept, StringComparison.Ordinal);
        Assert.NotEqual(kept, LinkToken.Kept([.. Key.Reverse()], "abcdefgh"));
        Assert.Equal(kept, LinkToken.Kept(Key, "abcdefgh"));
    }
}
