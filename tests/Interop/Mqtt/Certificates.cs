using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Mqtt;

/// <summary>An authority and a server's certificate, made by openssl in a folder.</summary>
internal static class Certificates
{
    /// <summary>Makes <c>ca.pem</c>, <c>server.pem</c> and <c>server.key</c>, good for localhost and 127.0.0.1.</summary>
    public static async Task MakeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "server.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
        string[] lines =
        [
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Authority",
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=localhost",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.pem",
        ];
        foreach (var line in lines)
        {
            var made = await ChildProgram.RunAsync(Places.OpenSsl, line.Split(' '), folder);
            Assert.True(made.Status == 0, $"openssl {line}: {made.Error}");
        }
    }

    /// <summary>Makes <c>{name}.pem</c> and <c>{name}.key</c> for a client, issued by an authority of <see cref="MakeAsync"/>.</summary>
    /// <param name="subject">As openssl writes it: <c>/CN=meter</c>.</param>
    public static async Task ForClientAsync(string folder, string name, string subject, string authority = "ca")
    {
        File.WriteAllText(Path.Combine(folder, "client.ext"), "extendedKeyUsage=clientAuth\n");
        string[] lines =
        [
            $"req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.csr -subj {subject}",
            $"x509 -req -in {name}.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial -days 2 -extfile client.ext -out {name}.pem",
        ];
        foreach (var line in lines)
        {
            var made = await ChildProgram.RunAsync(Places.OpenSsl, line.Split(' '), folder);
            Assert.True(made.Status == 0, $"openssl {line}: {made.Error}");
        }
    }

    /// <summary>The SHA-256 thumbprint as openssl prints it, with colons.</summary>
    public static async Task<string> ThumbprintAsync(string folder, string name)
    {
        var said = await ChildProgram.RunAsync(Places.OpenSsl, ["x509", "-in", $"{name}.pem", "-noout", "-fingerprint", "-sha256"], folder);
        return said.Output.Split('=')[1].Trim();
    }
}
