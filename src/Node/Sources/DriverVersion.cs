using System.Globalization;
using ClusterRas.Sentry;
using Microsoft.Win32.SafeHandles;
using static System.Buffers.Binary.BinaryPrimitives;

namespace ClusterRas.Node.Sources;

/// <summary>What the sentry driver says of itself. The minor number counts its kinds of events.</summary>
internal readonly record struct DriverVersion(uint Major, uint Minor)
{
    /// <summary>The one that all present drivers claim, in both record layouts.</summary>
    public static readonly DriverVersion Known = new(1, 6);

    /// <summary>False: another major, whose records may mean anything.</summary>
    public bool IsServed => Major == Known.Major;

    /// <summary>Asks the driver.</summary>
    /// <returns>Null: it does not say, for the reason in <paramref name="errno"/>.</returns>
    public static DriverVersion? Ask(SafeFileHandle device, out int errno)
    {
        Span<byte> answer = stackalloc byte[8];
        errno = LibC.Control(device, DeviceIoctl.VersionCheck, answer);
        return errno == Errno.None ? Read(answer) : null;
    }

    /// <summary>Reads the driver's answer: major, then minor.</summary>
    public static DriverVersion Read(ReadOnlySpan<byte> answer) =>
        new(ReadUInt32LittleEndian(answer), ReadUInt32LittleEndian(answer[4..]));

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
