using System.Net.Http.Headers;
using Grpc.Core;

namespace Grpc.Framing;

/// <summary>Metadata to header text and back; bytes cross the wire as base64 without padding.</summary>
internal static class MetadataHeaders
{
    public static string ToText(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.Bytes).TrimEnd('=') : entry.Value;

    public static void AddTo(HttpHeaders headers, Metadata? metadata)
    {
        foreach (var entry in metadata ?? Metadata.Empty)
        {
            var text = ToText(entry);
            if (entry.IsBinary && headers.NonValidated.TryGetValues(entry.Key, out var before))
            {
                // The HTTP client would join values with ", ", and the space is no base64.
                text = $"{before},{text}";
                headers.Remove(entry.Key);
            }

            headers.TryAddWithoutValidation(entry.Key, text);
        }
    }

    /// <summary>Adds one received header. A binary one may hold several values, separated by commas.</summary>
    /// <exception cref="RpcException">INTERNAL: bytes that are no base64.</exception>
    public static void Add(Metadata metadata, string name, string text)
    {
        if (GrpcHeaders.IsReserved(name))
        {
            return;
        }

        var key = name.ToLowerInvariant();
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(Metadata.Entry.Received(key, text));
            return;
        }

        foreach (var part in text.Split(','))
        {
            metadata.Add(Metadata.Entry.Received(key, Bytes(key, part.Trim())));
        }
    }

    private static byte[] Bytes(string key, string base64)
    {
        // Padding is optional on the wire, but not for the parser.
        var bytes = new byte[base64.Length];
        var padded = base64.TrimEnd('=');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(padded, bytes, out var length)
            ? bytes[..length]
            : throw new RpcException(new Status(StatusCode.Internal, $"The header \"{key}\" is not base64."));
    }
}
