using System.Collections;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call, in order; a key may occur more than once.</summary>
public sealed partial class Metadata : IList<Metadata.Entry>
{
    /// <summary>Keys that end so have bytes as their value.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>Empty and read-only.</summary>
    public static readonly Metadata Empty = new() { IsReadOnly = true };

    private readonly List<Entry> entries = [];

    /// <inheritdoc />
    public int Count => entries.Count;

    /// <inheritdoc />
    public bool IsReadOnly { get; private init; }

    /// <inheritdoc />
    public Entry this[int index]
    {
        get => entries[index];
        set => Writable()[index] = value;
    }

    /// <summary>The last entry with that key; null: none. Keys compare without case.</summary>
    public Entry? Get(string key) => entries.FindLast(e => Matches(e, key));

    /// <summary>The text of the last entry with that key; null: none.</summary>
    /// <exception cref="InvalidOperationException">The entry is binary.</exception>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The bytes of the last entry with that key; null: none.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>All entries with that key, in order.</summary>
    public IEnumerable<Entry> GetAll(string key) => entries.Where(e => Matches(e, key));

    /// <inheritdoc />
    public void Add(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Writable().Add(item);
    }

    /// <summary>Adds a text.</summary>
    /// <exception cref="ArgumentException">Not a legal key, a binary key, or not printable ASCII.</exception>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds bytes; the key must end with "-bin".</summary>
    /// <exception cref="ArgumentException">Not a legal binary key.</exception>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <inheritdoc />
    public void Insert(int index, Entry item) => Writable().Insert(index, item);

    /// <inheritdoc />
    public bool Remove(Entry item) => Writable().Remove(item);

    /// <inheritdoc />
    public void RemoveAt(int index) => Writable().RemoveAt(index);

    /// <inheritdoc />
    public void Clear() => Writable().Clear();

    /// <inheritdoc />
    public int IndexOf(Entry item) => entries.IndexOf(item);

    /// <inheritdoc />
    public bool Contains(Entry item) => entries.Contains(item);

    /// <inheritdoc />
    public void CopyTo(Entry[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);

    /// <inheritdoc />
    public IEnumerator<Entry> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => entries.GetEnumerator();

    private static bool Matches(Entry entry, string key) => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase);

    private List<Entry> Writable() =>
        IsReadOnly ? throw new InvalidOperationException("This metadata is read-only.") : entries;
}
