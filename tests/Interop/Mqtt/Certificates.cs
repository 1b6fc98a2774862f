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
}
