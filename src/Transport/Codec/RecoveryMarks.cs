using ClusterRas.Protocol;
using Google.Protobuf.Collections;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>What recoveries left behind, as generated messages and back.</summary>
internal static class RecoveryMarks
{
    public static V1.RecoveryMark Write(RecoveryMark mark)
    {
        var wire = new V1.RecoveryMark
        {
            Epoch = (ulong)mark.Epoch,
            BaseTerm = (ulong)mark.BaseTerm.Value,
            BaseIndex = (ulong)mark.BaseIndex.Value,
            Survivor = LogWriter.Write(mark.Survivor),
        };
        wire.Lost.AddRange(mark.Lost.Select(LogWriter.Write));
        return wire;
    }

    public static EquatableArray<RecoveryMark> Read(RepeatedField<V1.RecoveryMark> wire, ref FieldCheck check)
    {
        if (!check.Fits(wire.Count, RecoveryPlan.EpochMax, "recoveries"))
        {
            return [];
        }

        var marks = new RecoveryMark[wire.Count];
        for (var i = 0; i < marks.Length; i++)
        {
            marks[i] = new RecoveryMark(
                check.Epoch(wire[i].Epoch),
                check.Term(wire[i].BaseTerm),
                check.Index(wire[i].BaseIndex, "base index"),
                LogReader.Seat(wire[i].Survivor, "survivor", ref check),
                LogReader.Voters(wire[i].Lost, ref check)
            );
        }

        return LogReader.Take(marks);
    }
}
