using System.Reflection;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

public sealed class SamplesTests
{
    [Fact]
    public void Samples_EveryMessage_IsThere() => Covers(typeof(Message), Samples.Messages);

    [Fact]
    public void Samples_EveryPayload_IsThere() => Covers(typeof(EntryPayload), Samples.Payloads);

    [Fact]
    public void Samples_EveryDetail_IsThere() => Covers(typeof(EventDetail), Samples.Details);

    [Theory]
    [InlineData(typeof(EventKind), typeof(Wire.V1.EventKind), 0)]
    [InlineData(typeof(ReportDoor), typeof(Wire.V1.ReportDoor), 0)]
    [InlineData(typeof(Verdict), typeof(Wire.V1.Verdict), 0)]
    [InlineData(typeof(ReleaseOutcome), typeof(Wire.V1.ReleaseOutcome), 0)]
    [InlineData(typeof(CloseReason), typeof(Wire.V1.CloseReason), 0)]
    [InlineData(typeof(HandlerOutcome), typeof(Wire.V1.HandlerOutcome), 0)]
    [InlineData(typeof(Waiter), typeof(Wire.V1.Waiter), 1)]
    [InlineData(typeof(Fabric.TransportKind), typeof(Wire.V1.TransportKind), 1)]
    public void Enums_OfWireAndVocabulary_AreTheSameNamesAndNumbers(Type ours, Type wire, int offset)
    {
        var onWire = Names(wire, 0).Where(name => name.Number != 0);
        var here = Names(ours, offset).Where(name => name.Number != 0);

        onWire.ShouldBe(here);
    }

    private static List<(int Number, string Name)> Names(Type type, int offset) =>
        [.. Enum.GetValues(type).Cast<object>().Select(value => ((int)value + offset, value.ToString()!))];

    private static void Covers<T>(Type closedSet, T[] samples)
    {
        var nested = closedSet.GetNestedTypes(BindingFlags.Public).Where(type => type.IsSubclassOf(closedSet));
        var sampled = samples.Select(sample => sample!.GetType()).ToHashSet();

        nested.Where(type => !sampled.Contains(type)).Select(type => type.Name).ShouldBeEmpty();
    }
}
