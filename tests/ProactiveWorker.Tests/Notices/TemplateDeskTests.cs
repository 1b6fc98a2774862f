using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Notices;

public sealed class TemplateDeskTests
{
    private static readonly TemplateTrial Trial = new(new TemplateKey("outage-opened", "en", "sms"), new TemplateWords("s", new string('x', 120) + " {{link}}"));

    [Fact]
    public void Try_WithLinks_CountsThemAsTheyAreSent()
    {
        var look = Try(new LinkOptions { Url = "https://b2d.example", Secret = "whsec_" + Convert.ToBase64String(new byte[32]), Pages = true });
        Assert.Contains(" https://b2d.example/l/", look.Shown!.Text, StringComparison.Ordinal);
        Assert.Contains(look.Problems, p => p.Message == "as SMS it takes 2 messages; after 1 it is cut");
    }

    [Fact]
    public void Try_WithoutLinks_HasNone()
    {
        var look = Try(new LinkOptions());
        Assert.Equal(1, look.Sms!.Parts);
        Assert.DoesNotContain(look.Problems, p => p.Message.Contains("as SMS", StringComparison.Ordinal));
    }

    private static TemplatePreview Try(LinkOptions links)
    {
        var options = new NoticeOptions { Sender = "Acme", Contact = "+351 220 000 000", Links = links, Sms = new SmsOptions { MostParts = 1 } };
        using var stores = Stores.InMemory();
        return new TemplateDesk(stores.State, new Templates(options), options, TimeProvider.System).Try(Trial);
    }
}
