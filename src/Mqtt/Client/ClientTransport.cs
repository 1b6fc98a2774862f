using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace B2D.Mqtt.Client;

/// <summary>TCP and TLS of a client, as a pipe.</summary>
internal sealed class ClientTransport(Stream stream) : IDuplexPipe, IAsyncDisposable
{
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

    public static async Task<ClientTransport> OpenAsync(MqttClientOptions options, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellation).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return new ClientTransport(options.UseTls ? await SecureAsync(stream, options, cancellation).ConfigureAwait(false) : stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static async Task<Stream> SecureAsync(NetworkStream stream, MqttClientOptions options, CancellationToken cancellation)
    {
        var secure = new SslStream(stream);
        var tls = new SslClientAuthenticationOptions { TargetHost = options.Host, RemoteCertificateValidationCallback = options.TlsValidation };
        if (options.ClientCertificate != null)
            tls.ClientCertificates = [options.ClientCertificate];
        if (options.CertificateAuthority != null)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.Add(options.CertificateAuthority);
        }
        await secure.AuthenticateAsClientAsync(tls, cancellation).ConfigureAwait(false);
        return secure;
    }
}
