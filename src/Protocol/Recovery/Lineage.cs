using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClusterRas.Protocol;

/// <summary>Names all recoveries that a node knows of: nodes of different lineages have no consensus with each other.</summary>
/// <remarks>Zero: none. A number of recoveries would not do: two operators apart may each have made the first one.</remarks>
public readonly record struct Lineage(ulong Value)
{
    /// <summary>Of these recoveries, oldest first.</summary>
    public static Lineage Of(EquatableArray<RecoveryMark> recoveries)
    {
        if (recoveries.Count == 0)
        {
            return default;
        }

        var text = new StringBuilder();
        foreach (var mark in recoveries)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{mark.Epoch} {mark.BaseTerm} {mark.BaseIndex} {mark.Survivor.Node.Value} {mark.Survivor.Disk.Value:x32}\n"
            );
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return new Lineage(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash) | 1);
    }

    /// <inheritdoc />
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
