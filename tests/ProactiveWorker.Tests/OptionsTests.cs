using B2D.ProactiveWorker.Notices;
using Xunit;

namespace B2D.ProactiveWorker.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Validate_Defaults_AreGood()
    {
        Assert.Empty(new WorkerOptions().Validate());
        Assert.Empty(new NoticeOptions().Validate());
    }

    [Fact]
    public void Validate_EverythingWrong_IsNamedAtOnce()
    {
        var wrong = new WorkerOptions { BatchEntries = 0, LaneThreads = 65, SnapshotEvery = 1, LiveWithin = TimeSpan.Zero, MaxAhead = TimeSpan.Zero, GuardShare = 0, ApprovalAbove = 0, ApprovalWait = TimeSpan.FromDays(2), UpdateEvery = TimeSpan.Zero, GatewayGapAlarm = TimeSpan.FromDays(1), DefectsEvery = TimeSpan.Zero, FleetMedianEvery = TimeSpan.FromDays(2), ParentWait = TimeSpan.FromDays(2), Retention = TimeSpan.Zero, SnapshotWithin = TimeSpan.Zero, TailBytes = 1, DownsampleAfter = TimeSpan.Zero, BackDatedAfter = TimeSpan.Zero, BackDatedReach = TimeSpan.Zero, EscalateAt = 2, ComplaintAcknowledged = TimeSpan.Zero, ComplaintAnswered = TimeSpan.Zero, ComplaintsTo = new string('x', 101), LateTo = new string('x', 101), Grants = new() { Currency = "", AgentMoney = 60, LeadDays = -1 } };
        var problems = wrong.Validate();
        Assert.Equal(27, problems.Count);
        Assert.All(problems, p => Assert.StartsWith("Worker:", p, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_EverythingWrongOfNotices_IsNamedAtOnce()
    {
        var wrong = new NoticeOptions { QuietHours = "at night", FallBackAfter = 0, RetryMost = TimeSpan.FromSeconds(4), CallWithin = TimeSpan.Zero, CallAtOnceWithin = TimeSpan.FromDays(2), Receivers = new() { PauseAfter = 0, Timeout = TimeSpan.Zero, Keep = TimeSpan.Zero }, Caps = new CapOptions { Service = -1, Case = 1001, Usage = -1, Offer = 1001, Survey = -1 } };
        var problems = wrong.Validate();
        Assert.Equal(13, problems.Count);
        Assert.Contains("Notices:Caps:Offer is 1001, allowed is 0 to 1,000", problems);
        Assert.Empty(new NoticeOptions { QuietHours = "none" }.Validate());
    }

    [Fact]
    public void Validate_PlannedWorkAndReviews_AreWithinTheirRanges()
    {
        var wrong = new WorkerOptions { PlannedAhead = TimeSpan.FromDays(61), PlannedReminder = TimeSpan.FromDays(31), PlannedQuiet = TimeSpan.Zero, ReviewFrom = 0, ReviewWithin = 61, ReviewHours = new string('x', 101) };
        Assert.Equal(6, wrong.Validate().Count);
        Assert.Contains("PlannedReminder", Assert.Single(new WorkerOptions { PlannedAhead = TimeSpan.FromHours(6) }.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_MailWithoutTlsToAnotherMachine_IsRefused()
    {
        var problem = Assert.Single(new EmailOptions { Host = "mail.example.org", From = "a@example.org", Tls = false }.Validate());
        Assert.Contains("Notices:Email:Tls", problem, StringComparison.Ordinal);
        Assert.Empty(new EmailOptions { Host = "127.0.0.1", From = "a@example.org", Tls = false }.Validate());
    }

    [Fact]
    public void Validate_PlainWebhookToAnotherMachine_IsRefused()
    {
        var secret = "whsec_" + Convert.ToBase64String(new byte[24]);
        Assert.Single(new WebhookOptions { Url = "http://example.org/hook", Secret = secret }.Validate());
        Assert.Empty(new WebhookOptions { Url = "https://example.org/hook", Secret = secret }.Validate());
        Assert.Empty(new WebhookOptions { Url = "http://127.0.0.1:8080/hook", Secret = secret }.Validate());
    }
}
