using System.Text.Json;

namespace ClusterRas.Sentry.Tests;

/// <summary>What was recorded of the incumbent: <c>tests/vectors/syssentry-vectors.json</c>.</summary>
internal static class Vectors
{
    private static readonly JsonDocument File = JsonDocument.Parse(
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "syssentry-vectors.json"))
    );

    public static JsonElement Root => File.RootElement;

    /// <summary>A device record, and the alarm that the incumbent made of it; null: none.</summary>
    public static IEnumerable<(string Name, byte[] Bytes, AlarmText? Alarm)> Records(string group) =>
        Root.GetProperty(group)
            .EnumerateArray()
            .Select(v =>
                (
                    v.GetProperty("name").GetString()!,
                    Convert.FromHexString(v.GetProperty("dev_record_hex").GetString()!),
                    v.GetProperty("alarm_id").ValueKind == JsonValueKind.Null
                        ? null
                        : new AlarmText(
                            (AlarmId)v.GetProperty("alarm_id").GetInt32(),
                            v.GetProperty("text").GetString()!
                        )
                )
            );

    /// <summary>Offset and size of every field of a layout.</summary>
    public static Dictionary<string, (int Offset, int Size)> Fields(DeviceRecordLayout layout) =>
        Layout(layout)
            .GetProperty("fields")
            .EnumerateArray()
            .ToDictionary(
                f => f.GetProperty("field").GetString()!,
                f => (f.GetProperty("offset").GetInt32(), f.GetProperty("size").GetInt32())
            );

    public static JsonElement Layout(DeviceRecordLayout layout) =>
        Root.GetProperty("layouts")
            .GetProperty(layout == DeviceRecordLayout.A ? "smh_msg_layout_A_type_first" : "smh_msg_layout_B_type_last");
}
