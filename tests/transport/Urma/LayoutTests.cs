using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Tests;

/// <summary>Our structs are what the recorded layouts say, for both supported lines of the library.</summary>
public sealed class LayoutTests
{
    private static readonly JsonElement Abi = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(Simulation.Folder, "..", "..", "tests", "vectors", "urma-abi.json")))
        .RootElement;

    public static TheoryData<Type> Structs =>
        [
            .. typeof(UrmaNative)
                .Assembly.GetTypes()
                .Where(type => type.GetCustomAttribute<AbiTypeAttribute>() is not null),
        ];

    [Theory]
    [MemberData(nameof(Structs))]
    public void Struct_HasTheRecordedSizeAndOffsets(Type type)
    {
        var name = type.GetCustomAttribute<AbiTypeAttribute>()!.Name;
        Check(type, Abi.GetProperty("structs").GetProperty(name), name);
    }

    [Theory]
    [MemberData(nameof(Structs))]
    public void Struct_IsTheSameOnAarch64AndInTheOlderLine(Type type)
    {
        var name = type.GetCustomAttribute<AbiTypeAttribute>()!.Name;
        Abi.GetProperty("structs").GetProperty(name).TryGetProperty("aarch64", out _).ShouldBeFalse();
        if (Abi.GetProperty("variants_x86_64").GetProperty("v25.12.0").TryGetProperty(name, out var older))
        {
            // Only what a device tells of itself has grown, behind what is read of it.
            type.ShouldBe(typeof(UrmaDeviceCap));
            CheckFields(type, older, name);
        }
    }

    [Fact]
    public void Structs_AreAllThatCrossTheBoundary()
    {
        var passed = typeof(UrmaNative)
            .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.ParameterType)
            .Where(type => type.IsPointer)
            .Select(type => type.GetElementType()!)
            .Where(type => type is { IsPrimitive: false, IsPointer: false, IsValueType: true } && type != typeof(void))
            .Where(type => type != typeof(UrmaNative.PollEntry))
            .Distinct();
        passed.Where(type => type.GetCustomAttribute<AbiTypeAttribute>() is null).ShouldBeEmpty();
    }

    [Fact]
    public void Constants_AreTheRecordedOnes()
    {
        Struct("urma_device_attr", "dev_cap").ShouldBe(UrmaNative.DeviceCapOffset);
        (Struct("urma_device_attr", "dev_cap") + Struct("urma_device_cap", "priority_info")).ShouldBe(
            UrmaNative.PriorityOffset
        );
        Struct("urma_context", "async_fd").ShouldBe(UrmaNative.ContextAsyncFdOffset);
        Struct("urma_device", "name").ShouldBe(0);
        Enum("urma_opcode", "URMA_OPC_SEND").ShouldBe(UrmaNative.OpcodeSend);
        Enum("urma_transport_mode", "URMA_TM_RM").ShouldBe(UrmaNative.ReliableMessage);
        Enum("urma_tp_type", "URMA_CTP").ShouldBe(UrmaNative.CompactTransportPath);
        Enum("urma_target_type", "URMA_JETTY").ShouldBe(UrmaNative.TargetJetty);
        Enum("urma_jetty_state", "URMA_JETTY_STATE_ERROR").ShouldBe(UrmaNative.StateError);
        Enum("urma_cr_status", "URMA_CR_ACK_TIMEOUT_ERR").ShouldBe((int)UrmaStatus.NoAcknowledgement);
        Enum("urma_cr_status", "URMA_CR_RNR_RETRY_CNT_EXC_ERR").ShouldBe((int)UrmaStatus.ReceiverNotReady);
        Enum("urma_async_event_type", "URMA_EVENT_DEV_FATAL").ShouldBe((int)UrmaAsyncEventType.DeviceFatal);
        Bit("urma_jfs_wr_flag", "complete_enable").ShouldBe(UrmaNative.SendWithRecord);
        Bit("urma_jetty_flag", "share_jfr").ShouldBe(UrmaNative.ShareJfr);
        Bit("urma_reg_seg_flag", "access").ShouldBe(UrmaNative.AccessLocalOnly);
    }

    [Fact]
    public void Imports_AreOfTheMinimalSet()
    {
        var minimal = Abi.GetProperty("functions")
            .EnumerateArray()
            .Where(one => one.GetProperty("minimal").GetBoolean())
            .Select(one => one.GetProperty("name").GetString()!)
            .ToList();
        var bound = typeof(UrmaNative)
            .GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(method => method.GetCustomAttribute<LibraryImportAttribute>())
            .OfType<LibraryImportAttribute>()
            .Where(import => import.LibraryName == UrmaNative.Library)
            .Select(import => import.EntryPoint!)
            .ToList();

        bound.Except(minimal).ShouldBeEmpty();
        UrmaLibrary.Imports().ShouldBe(bound, ignoreOrder: true);
    }

    private static void Check(Type type, JsonElement recorded, string name)
    {
        SizeOf(type).ShouldBe(recorded.GetProperty("size").GetInt32(), name);
        CheckFields(type, recorded, name);
    }

    private static void CheckFields(Type type, JsonElement recorded, string name)
    {
        var fields = recorded
            .GetProperty("fields")
            .EnumerateArray()
            .ToLookup(field =>
                field.GetProperty("name").GetString()!.Replace("_", "").Replace(".", "").ToUpperInvariant()
            );
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            var match = fields[field.Name.ToUpperInvariant()].ShouldHaveSingleItem($"{name}.{field.Name}");
            OffsetOf(type, field).ShouldBe(match.GetProperty("offset").GetInt32(), $"{name}.{field.Name}");
            SizeOf(field.FieldType, field).ShouldBe(match.GetProperty("size").GetInt32(), $"{name}.{field.Name}");
        }
    }

    private static int OffsetOf(Type type, FieldInfo field) =>
        field.GetCustomAttribute<FieldOffsetAttribute>()?.Value
        ?? type.GetFields(BindingFlags.Instance | BindingFlags.Public)
            .TakeWhile(one => one != field)
            .Sum(one => SizeOf(one.FieldType, one));

    private static int SizeOf(Type type, FieldInfo? field = null) =>
        field?.GetCustomAttribute<System.Runtime.CompilerServices.FixedBufferAttribute>() is { } buffer
            ? buffer.Length
            : (int)
                typeof(System.Runtime.CompilerServices.Unsafe)
                    .GetMethod("SizeOf")!
                    .MakeGenericMethod(type.IsPointer ? typeof(nint) : type)
                    .Invoke(null, null)!;

    private static int Struct(string type, string field) =>
        Abi.GetProperty("structs")
            .GetProperty(type)
            .GetProperty("fields")
            .EnumerateArray()
            .First(one => one.GetProperty("name").GetString() == field)
            .GetProperty("offset")
            .GetInt32();

    private static uint Bit(string type, string field) =>
        1u
        << Abi.GetProperty("structs")
            .GetProperty(type)
            .GetProperty("fields")
            .EnumerateArray()
            .First(one => one.GetProperty("name").GetString() == $"bs.{field}")
            .GetProperty("bit_offset")
            .GetInt32();

    private static int Enum(string type, string member) =>
        Abi.GetProperty("enums").GetProperty(type).GetProperty(member).GetInt32();
}
