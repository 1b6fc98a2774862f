using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace B2D.Console.Shell;

/// <summary>Answers with a Razor component, rendered on the server.</summary>
internal static class Html
{
    public static IResult Page<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(object model, int status = 200) where T : IComponent =>
        new RazorComponentResult<T>(new Dictionary<string, object?> { ["Model"] = model }) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>There is no such thing, said in words.</summary>
    public static IResult Missing(string what, string back) =>
        Page<Problem>(new ProblemModel($"There is no {what}", "It may have been removed, or the address may be mistyped.") { Back = back },
            StatusCodes.Status404NotFound);
}
