using System.Net;
using System.Text;
using B2D.Core;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Notices.Smtp;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Notices;

public sealed class SmsChannelTests
{
    private static readonly Outgoing Notice = new("id-1", "sms", "ana", "+351 910-000 001", "pt", "Title", "It’s \"broken\" & <b>{to}</b>", "fault:HP-1/x", "device-fault", new ServerTime(1));

    [Theory]
    [InlineData("application/json", """{"to":{to},"body":{text},"ref":{id}}""", """{"to":"\u002B351910000001","body":"It\u0027s \u0022broken\u0022 \u0026 \u003Cb\u003E{to}\u003C/b\u003E","ref":"id-1"}""")]
    [InlineData("application/x-www-form-urlencoded", "To={to}&Body={text}", "To=%2B351910000001&Body=It%27s%20%22broken%22%20%26%20%3Cb%3E%7Bto%7D%3C%2Fb%3E")]
    public async Task Send_Body_HasTheTextAsATextOnly(string type, string body, string expected)
    {
        using var provider = new Provider(HttpStatusCode.Created, "{}");
        using var http = new HttpClient(provider);
        var options = new SmsOptions { Url = "https://sms.example.org/v1", ContentType = type, Body = body, Headers = [new SmsHeader { Name = "Authorization", Value = "Bearer s3cret" }] };
        Assert.Equal(SendOutcome.Ok, await new SmsChannel(http, options).SendAsync(Notice, CancellationToken.None));
        Assert.Equal((expected, "Bearer s3cret", "id-1", type), (provider.Body, provider.Authorization, provider.Key, provider.Type));
    }

    [Theory]
    [InlineData(200, "{}", "", true, false)]
    [InlineData(200, """{"error":{"code":21211}}""", "error.code", false, false)]
    [InlineData(200, """{"error":{"code":"30001"}}""", "error.code", false, true)]
    [InlineData(200, """{"error":null}""", "error.code", true, false)]
    [InlineData(400, """{"error":{"code":21211}}""", "error.code", false, false)]
    [InlineData(400, """{"error":{"code":1}}""", "error.code", false, true)]
    [InlineData(400, "no json", "", false, false)]
    [InlineData(401, "", "", false, true)]
    [InlineData(429, "", "", false, true)]
    [InlineData(503, "", "", false, true)]
    public async Task Send_Answer_SaysWhetherAndWhetherAgain(int status, string answer, string errorAt, bool sent, bool retry)
    {
        using var provider = new Provider((HttpStatusCode)status, answer);
        using var http = new HttpClient(provider);
        var outcome = await new SmsChannel(http, new SmsOptions { Url = "https://sms.example.org/v1", ErrorAt = errorAt, PermanentErrors = "21211, 21610" }).SendAsync(Notice, CancellationToken.None);
        Assert.Equal((sent, retry), (outcome.Sent, outcome.Retry));
        Assert.DoesNotContain("910", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_EverythingWrong_IsNamedAtOnce()
    {
        Assert.Empty(new SmsOptions().Validate());
        Assert.Empty(new SmsOptions { Url = "https://sms.example.org/v1" }.Validate());
        var wrong = new SmsOptions { Url = "http://sms.example.org", Method = "GET", ContentType = "text/plain", Body = "{to}", Headers = [new SmsHeader { Name = "A B" }], MostParts = 0, Timeout = TimeSpan.Zero };
        Assert.Equal(7, wrong.Validate().Count);
        Assert.Equal(2, new LinkOptions { Url = "http://example.org" }.Validate().Count);
        Assert.Equal(["Notices:Email:TlsFromStart is on, but Notices:Email:Tls is off", "Notices:Email:Authorities is 'nothing.pem'; there is no such file"],
            new EmailOptions { Host = "localhost", From = "a@example.org", Tls = false, TlsFromStart = true, Authorities = "nothing.pem" }.Validate());
    }

    [Fact]
    public void MailText_WhatCouldBeAHeaderOrATag_IsNeither()
    {
        var notice = Notice with { Subject = "A\r\nBcc: eve@example.org", Text = "<script>&\n.\n" };
        var mail = Encoding.ASCII.GetString(MailText.Of(notice, new MailFrame("a@example.org", "Öl", ["mailto:a@example.org?subject=STOP", "https://example.org/unsubscribe/x.y"])));
        Assert.DoesNotContain("\nBcc:", mail, StringComparison.Ordinal);
        Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", mail, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;&amp;", MailText.Html(notice), StringComparison.Ordinal);
        Assert.All(mail.Split("\r\n"), l => Assert.True(l.Length <= 100 && !l.StartsWith('.')));
    }

    private sealed class Provider(HttpStatusCode status, string answer) : HttpMessageHandler
    {
        public string Body { get; private set; } = "";

        public string Authorization { get; private set; } = "";

        public string Key { get; private set; } = "";

        public string Type { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Authorization = request.Headers.TryGetValues("Authorization", out var header) ? header.Single() : "";
            Key = request.Headers.GetValues("Idempotency-Key").Single();
            Type = request.Content.Headers.ContentType!.MediaType!;
            return new HttpResponseMessage(status) { Content = new StringContent(answer) };
        }
    }
}
