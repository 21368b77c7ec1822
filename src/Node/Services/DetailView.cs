using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>What a kind tells beyond "it happened", to and from the public services.</summary>
internal static class DetailView
{
    private const int TextCharsMax = 512;

    /// <summary>Into a report as operators see it.</summary>
    public static void Write(EventDetail? detail, V1.ReportView view)
    {
        switch (detail)
        {
            case EventDetail.Text text:
                view.Text = text.Value;
                break;
            case EventDetail.OutOfMemory memory:
                view.OutOfMemory = Of(memory);
                break;
            case EventDetail.MemoryFault fault:
                view.MemoryFault = Of(fault);
                break;
            case EventDetail.LinkChange link:
                view.LinkChange = Of(link);
                break;
            default:
                break;
        }
    }

    /// <summary>Into a call of a handler.</summary>
    public static void Write(EventDetail? detail, V1.CallWords view)
    {
        switch (detail)
        {
            case EventDetail.Text text:
                view.Text = text.Value;
                break;
            case EventDetail.OutOfMemory memory:
                view.OutOfMemory = Of(memory);
                break;
            case EventDetail.MemoryFault fault:
                view.MemoryFault = Of(fault);
                break;
            case EventDetail.LinkChange link:
                view.LinkChange = Of(link);
                break;
            default:
                break;
        }
    }

    /// <summary>Out of a program's report; null: nothing more was said.</summary>
    public static EventDetail? Read(V1.ReportRequest request) =>
        request.DetailCase switch
        {
            V1.ReportRequest.DetailOneofCase.Text => Text(request.Text),
            V1.ReportRequest.DetailOneofCase.OutOfMemory => new EventDetail.OutOfMemory(
                new([.. request.OutOfMemory.NumaNodes.Take(8)]),
                request.OutOfMemory.Sync,
                request.OutOfMemory.TimeoutMs,
                request.OutOfMemory.Reason
            ),
            V1.ReportRequest.DetailOneofCase.MemoryFault => new EventDetail.MemoryFault(
                request.MemoryFault.PhysicalAddress,
                request.MemoryFault.MemoryType,
                request.MemoryFault.WithKill,
                request.MemoryFault.RawType
            ),
            V1.ReportRequest.DetailOneofCase.LinkChange => new EventDetail.LinkChange(
                request.LinkChange.PortId,
                new Fabric.Cna(request.LinkChange.Cna),
                request.LinkChange.Up
            ),
            _ => null,
        };

    /// <summary>Free words, cut to their limit; null: none.</summary>
    public static EventDetail? Text(string text) =>
        text.Length == 0 ? null : new EventDetail.Text(text.Length > TextCharsMax ? text[..TextCharsMax] : text);

    private static V1.OutOfMemoryDetail Of(EventDetail.OutOfMemory memory)
    {
        var view = new V1.OutOfMemoryDetail
        {
            Sync = memory.Sync,
            TimeoutMs = memory.TimeoutMs,
            Reason = memory.Reason,
        };
        view.NumaNodes.AddRange(memory.NumaNodes);
        return view;
    }

    private static V1.MemoryFaultDetail Of(EventDetail.MemoryFault fault) =>
        new()
        {
            PhysicalAddress = fault.PhysicalAddress,
            MemoryType = fault.MemoryType,
            WithKill = fault.WithKill,
            RawType = fault.RawType,
        };

    private static V1.LinkChangeDetail Of(EventDetail.LinkChange link) =>
        new()
        {
            PortId = link.PortId,
            Cna = link.Cna.Value,
            Up = link.Up,
        };
}
