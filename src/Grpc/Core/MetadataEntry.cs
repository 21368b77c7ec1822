using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One header or trailer: a lower-case key with a text, or with bytes where the key ends with "-bin".</summary>
    public sealed class Entry
    {
        private static readonly SearchValues<char> KeyChars = SearchValues.Create(
            "abcdefghijklmnopqrstuvwxyz0123456789._-"
        );

        private readonly string? text;
        private readonly byte[]? bytes;

        /// <summary>A text entry.</summary>
        /// <exception cref="ArgumentException">Not a legal key, a binary key, or not printable ASCII.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalized(key);
            if (IsBinary)
            {
                throw new ArgumentException($"The key \"{key}\" ends with \"-bin\" and needs bytes.", nameof(key));
            }

            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new ArgumentException(
                    $"The value of \"{key}\" is not printable ASCII; use a \"-bin\" key.",
                    nameof(value)
                );
            }

            text = value;
        }

        /// <summary>A binary entry; keeps a copy of the bytes.</summary>
        /// <exception cref="ArgumentException">Not a legal key ending with "-bin".</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalized(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"The key \"{key}\" must end with \"-bin\" to carry bytes.", nameof(key));
            }

            bytes = [.. valueBytes];
        }

        private Entry(string key, string? text, byte[]? bytes)
        {
            Key = key;
            this.text = text;
            this.bytes = bytes;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>True where the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => text ?? throw new InvalidOperationException($"The value of \"{Key}\" is binary.");

        /// <summary>A copy of the bytes; of a text, its ASCII bytes.</summary>
        public byte[] ValueBytes => bytes is null ? Encoding.ASCII.GetBytes(Value) : [.. bytes];

        internal ReadOnlySpan<byte> Bytes => bytes;

        /// <inheritdoc />
        public override string ToString() =>
            IsBinary ? $"[Entry: key={Key}, valueBytes={bytes?.Length ?? 0}]" : $"[Entry: key={Key}, value={text}]";

        // What a peer sent is taken as it is: refusing to show a header that has already arrived helps nobody.
        internal static Entry Received(string key, string text) => new(key, text, null);

        internal static Entry Received(string key, byte[] bytes) => new(key, null, bytes);

        private static string Normalized(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            var lower = key.ToLowerInvariant();
            return lower.AsSpan().ContainsAnyExcept(KeyChars)
                ? throw new ArgumentException(
                    $"\"{key}\" is not a legal metadata key: a-z 0-9 . _ - only.",
                    nameof(key)
                )
                : lower;
        }
    }
}
