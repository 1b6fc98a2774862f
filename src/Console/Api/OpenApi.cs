using B2D.Console.Access;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace B2D.Console.Api;

/// <summary>The description of the API.</summary>
internal static class OpenApi
{
    public static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = api => api.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "B2D";
            document.Info.Version = "1";
            document.Info.Description = "Devices, faults, cases, outages, dues and notices. Times are ISO 8601 in UTC; "
                + "names ending in Ms are epoch milliseconds. Errors are problem+json (RFC 9457).";
            // The address that was asked is the one to use; a name from behind a proxy would be wrong.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["bearer"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = $"A key ({ApiKeys.Prefix}…) made with 'b2d keys create NAME --scope ROLE'. Roles, each with what those before it may: {Roles.Words}.",
                },
                ["header"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Header,
                    Name = "X-Api-Key",
                    Description = "The same key.",
                },
            };
            document.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("header", document)] = [] },
            ];
            return Task.CompletedTask;
        });
    }
}
