using System.Collections.Immutable;

namespace B2D.Core.Notices;

/// <summary>A text with facts in it, before it is sent to anybody.</summary>
/// <param name="Subject">What the facts are of, <c>outage:3</c>; empty: samples.</param>
/// <param name="Customer">For whom; empty: a sample.</param>
public sealed record TemplateTrial(TemplateKey Key, TemplateWords Words, string Subject = "", string Customer = "");

/// <summary>How a text looks, and what is to be mended in it.</summary>
/// <param name="Shown">With facts in it; null where there are no such facts.</param>
/// <param name="Of">Whose facts they are, in words, or why there are none.</param>
/// <param name="Sms">As phones get it.</param>
public sealed record TemplatePreview(TemplateWords? Shown, string Of, SmsText? Sms, ImmutableArray<TemplateProblem> Problems)
{
    public bool HasErrors => Problems.Any(p => p.IsError);
}

/// <summary>Where operators write the texts of notices.</summary>
public interface ITemplateDesk
{
    /// <summary>The program's own texts.</summary>
    ImmutableArray<TemplateKey> BuiltIns { get; }

    /// <summary>The program's own text, or the one for every channel; null where it has none in this language.</summary>
    TemplateWords? BuiltIn(TemplateKey key);

    /// <summary>Checks a text and shows it with facts.</summary>
    TemplatePreview Try(TemplateTrial trial);

    /// <summary>Saves a text as a new version.</summary>
    /// <param name="basedOn">The last version when it was read; another one by now is a conflict.</param>
    /// <param name="live">It is sent from now on; refused where it has errors.</param>
    ActOutcome Save(TemplateKey key, TemplateWords words, string why, int basedOn, bool live, string who);

    /// <summary>A version is sent from now on; 0: the program's own.</summary>
    ActOutcome PutLive(TemplateKey key, int version, string why, string who);
}
