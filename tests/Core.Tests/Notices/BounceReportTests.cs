using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

/// <summary>Reports as mail servers write them, written down by hand.</summary>
public sealed class BounceReportTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private const string Postfix = $"""
        Return-Path: <>
        Received: by mail.example.org (Postfix)
        	id 4XabcD1234; Tue,  3 Nov 2026 10:12:44 +0000 (UTC)
        Date: Tue,  3 Nov 2026 10:12:44 +0000 (UTC)
        From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: service@acme.example.org
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        	boundary="4XabcC0987.1730628764/mail.example.org"
        Message-Id: <20261103101244.4XabcD1234@mail.example.org>

        This is a MIME-encapsulated message.

        --4XabcC0987.1730628764/mail.example.org
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        <ana@example.org>: host mx.example.org[203.0.113.5] said: 550 5.1.1
            <ana@example.org>: Recipient address rejected: User unknown in virtual
            mailbox table (in reply to RCPT TO command)

        --4XabcC0987.1730628764/mail.example.org
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example.org
        X-Postfix-Queue-ID: 4XabcC0987
        X-Postfix-Sender: rfc822; service@acme.example.org
        Arrival-Date: Tue,  3 Nov 2026 10:12:43 +0000 (UTC)

        Final-Recipient: rfc822; ana@example.org
        Original-Recipient: rfc822;Ana@Example.org
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx.example.org
        Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>: Recipient address rejected:
            User unknown in virtual mailbox table

        --4XabcC0987.1730628764/mail.example.org
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        From: Acme <service@acme.example.org>
        To: ana@example.org
        Subject: Acme: Pump blocked
        Message-ID: <{Id}@acme.example.org>

        --4XabcC0987.1730628764/mail.example.org--
        """;

    private const string Exim = $"""
        From MAILER-DAEMON Tue Nov 03 10:12:44 2026
        X-Failed-Recipients: ana@example.org
        Auto-Submitted: auto-replied
        From: Mail Delivery System <Mailer-Daemon@mail.example.org>
        To: service@acme.example.org
        References: <{Id}@acme.example.org>
        Content-Type: multipart/report; report-type=delivery-status; boundary=1730628764-eximdsn-1234
        MIME-Version: 1.0
        Subject: Mail delivery failed: returning message to sender
        Message-Id: <E1t7abc-000123-4d@mail.example.org>

        --1730628764-eximdsn-1234
        Content-type: text/plain; charset=us-ascii

        This message was created automatically by mail delivery software.

        --1730628764-eximdsn-1234
        Content-type: message/delivery-status

        Reporting-MTA: dns; mail.example.org

        Action: failed
        Final-Recipient: rfc822;ana@example.org
        Status: 5.0.0
        Remote-MTA: dns; mx.example.org
        Diagnostic-Code: smtp; 550 No such user here

        --1730628764-eximdsn-1234
        Content-type: message/rfc822

        Return-path: <service@acme.example.org>
        Message-ID: <{Id}@acme.example.org>
        Subject: Acme: Pump blocked
        Content-Type: multipart/alternative; boundary="b2d-{Id}"

        --b2d-{Id}
        Content-Type: text/plain; charset=utf-8

        text
        --b2d-{Id}--

        --1730628764-eximdsn-1234--
        """;

    private const string Exchange = $"""
        From: <postmaster@example.org>
        To: <service@acme.example.org>
        Content-Type: multipart/report; report-type=delivery-status;
          boundary="_000_abc; def_"
        Content-Language: en-GB
        Message-ID: <8b3f0d2e-aaaa@EXCHANGE.example.org>
        In-Reply-To: <{Id}@acme.example.org>
        References: <{Id}@acme.example.org>
        Subject: Undeliverable: Acme: Pump blocked
        MIME-Version: 1.0

        --_000_abc; def_
        Content-Type: multipart/alternative; differences=Content-Type;
          boundary="_001_inner_"

        --_001_inner_
        Content-Type: text/plain; charset="us-ascii"
        Content-Transfer-Encoding: quoted-printable

        ana@example.org's mailbox is full and can't accept messages now.

        --_001_inner_--

        --_000_abc; def_
        Content-Type: message/delivery-status

        Reporting-MTA: dns;EXCHANGE.example.org
        Received-From-MTA: dns;mail.acme.example.org
        Arrival-Date: Tue, 3 Nov 2026 10:12:43 +0000

        Final-Recipient: rfc822;ana@example.org
        Action: failed
        Status: 5.2.2
        Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException

        --_000_abc; def_--
        """;

    private const string Delayed = $"""
        From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
        To: service@acme.example.org
        Auto-Submitted: auto-replied
        Subject: Delivery Status Notification (Delay)
        References: <{Id}@acme.example.org>
        Content-Type: multipart/report; boundary="00000000000abc"; report-type=delivery-status

        --00000000000abc
        Content-Type: text/plain; charset="UTF-8"

        ** Delivery incomplete **

        --00000000000abc
        Content-Type: message/delivery-status

        Reporting-MTA: dns; googlemail.example
        X-Original-Message-ID: <{Id}@acme.example.org>

        Final-Recipient: rfc822; ana@example.org
        Action: delayed
        Status: 4.4.1
        Diagnostic-Code: smtp; The recipient server did not accept our requests to connect.
        Will-Retry-Until: Fri, 06 Nov 2026 02:12:44 -0800 (PST)

        --00000000000abc--
        """;

    public static TheoryData<string, BounceKind, string, string, string> Reports => new()
    {
        { Postfix, BounceKind.NoSuchAddress, "5.1.1", "Ana@Example.org", "550 5.1.1 the address Recipient address rejected: User unknown in virtual mailbox table" },
        { Exim, BounceKind.NoSuchAddress, "5.0.0", "ana@example.org", "550 No such user here" },
        { Exchange, BounceKind.NotDelivered, "5.2.2", "ana@example.org", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException" },
        { Delayed, BounceKind.Delayed, "4.4.1", "ana@example.org", "The recipient server did not accept our requests to connect." },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void Read_ReportsOfRealServers_WithAnyLineEnds(string report, BounceKind kind, string status, string recipient, string reason)
    {
        foreach (var text in new[] { report, report.Replace("\n", "\r\n", StringComparison.Ordinal) })
        {
            var bounce = BounceReport.Read(text, out var problem);
            Assert.Equal("", problem);
            Assert.Equal((Id, kind, status, reason), (bounce!.Notice, bounce.Kind, bounce.Status, bounce.Reason));
            Assert.Equal(recipient, Assert.Single(bounce.Recipients));
        }
    }

    [Fact]
    public void Read_StatusInBase64_IsRead()
    {
        var status = "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; ana@example.org\nAction: failed\nStatus: 5.1.2\n";
        var report = $"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(status))}\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <{Id}@x>\n\ntext\n--b--\n";
        Assert.Equal(BounceKind.NoSuchAddress, BounceReport.Read(report, out _)!.Kind);
    }

    [Theory]
    [InlineData("", "no delivery status")]
    [InlineData("Subject: Out of office\nAuto-Submitted: auto-replied\nIn-Reply-To: <0123456789abcdef0123456789abcdef@x>\n\nI am away.", "no delivery status")]
    [InlineData("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <other@x>\n\n--b--", "no mail of ours")]
    [InlineData("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: delivered\nStatus: 2.0.0\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <0123456789abcdef0123456789abcdef@x>\n\n--b--", "delivered or passed on")]
    public void Read_WhatIsNoReportOfOurs_SaysWhy(string message, string why)
    {
        Assert.Null(BounceReport.Read(message, out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failed", "5.1.1", "", BounceKind.NoSuchAddress)]
    [InlineData("failed", "5.1.10", "", BounceKind.NoSuchAddress)]
    [InlineData("failed", "5.2.1", "", BounceKind.NoSuchAddress)]
    [InlineData("failed", "5.1.8", "", BounceKind.NotDelivered)]
    [InlineData("failed", "5.2.2", "", BounceKind.NotDelivered)]
    [InlineData("failed", "5.7.1", "smtp; 550 5.7.1 message is spam", BounceKind.NotDelivered)]
    [InlineData("failed", "5.3.4", "", BounceKind.NotDelivered)]
    [InlineData("failed", "4.4.7", "", BounceKind.NotDelivered)]
    [InlineData("failed", "5.4.1", "smtp;550 5.4.1 Recipient address rejected: Access denied", BounceKind.NoSuchAddress)]
    [InlineData("failed", "5.4.1", "", BounceKind.NotDelivered)]
    [InlineData("failed", "5.0.0", "smtp; 550 5.1.1 unknown", BounceKind.NoSuchAddress)]
    [InlineData("failed", "5.0.0", "smtp; 554 rejected by policy", BounceKind.NotDelivered)]
    [InlineData("failed", "", "smtp; 550 user unknown", BounceKind.NoSuchAddress)]
    [InlineData("failed", "", "smtp; 450 try later", BounceKind.NotDelivered)]
    [InlineData("failed", "", "", BounceKind.NotDelivered)]
    [InlineData("delayed", "4.4.1", "", BounceKind.Delayed)]
    [InlineData("relayed", "2.0.0", "", null)]
    [InlineData("expanded", "2.0.0", "", null)]
    [InlineData("", "5.1.1", "", null)]
    public void KindOf_ActionStatusAndWords_DecideTogether(string action, string status, string why, BounceKind? kind) =>
        Assert.Equal(kind, BounceReport.KindOf(action, status, why));

    [Fact]
    public void Read_HostileMessages_EndAndGiveNothing()
    {
        var nested = string.Concat(Enumerable.Range(0, 60).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"));
        Assert.Null(BounceReport.Read(nested, out _));
        Assert.Null(BounceReport.Read("Content-Type: multipart/report; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\n\n", 20_000)), out _));
        Assert.Null(BounceReport.Read(new string('a', 200_000), out _));
        Assert.Null(BounceReport.Read(string.Concat(Enumerable.Repeat("X: y\n z\n", 20_000)), out _));
        Assert.Null(BounceReport.Read("Content-Type: ;;;=\"\n\n", out _));
        Assert.Null(BounceReport.Read("Content-Type: multipart/report; boundary=\"\"\n\n--\n", out _));
        // Cut off at every place.
        for (var length = 0; length < Postfix.Length; length += 7)
            BounceReport.Read(Postfix[..length], out _);
    }

    [Theory]
    [InlineData("550 5.1.1 <Ana.Sa@example.org>... User unknown", "550 5.1.1 the address User unknown")]
    [InlineData("550 <ana.sa>: no mailbox by that name", "550 the address no mailbox by that name")]
    [InlineData("550 not ours: SRS0=x=example.org=ana.sa@relay.example, try ana.sa@new.example", "550 not ours: the address try the address")]
    [InlineData("ANA.SA does not exist; see postmaster@", "the address does not exist; see the address")]
    [InlineData("mailbox full", "mailbox full")]
    public void Reason_HasNoAddress(string words, string reason) => Assert.Equal(reason, BounceReport.ReasonOf(words, "ana.sa@example.org"));

    [Fact]
    public void Reason_IsCutAfterTheAddressIsTakenOut_AndInNoTime()
    {
        Assert.Equal(new string('x', 195) + " the ", BounceReport.ReasonOf(new string('x', 195) + " ana.sa@example.org"));
        Assert.Equal(200, BounceReport.ReasonOf(new string('a', 250_000)).Length);
    }

    [Fact]
    public void Read_ReasonWithHostileSigns_IsOnePlainLine()
    {
        var bounce = BounceReport.Read(Postfix.Replace("Recipient address rejected:", "\u001b[31m<script>\u202E", StringComparison.Ordinal), out _)!;
        Assert.Equal("550 5.1.1 the address [31m<script> User unknown in virtual mailbox table", bounce.Reason);
    }
}
