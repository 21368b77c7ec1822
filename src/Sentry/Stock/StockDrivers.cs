using System.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Stock;

/// <summary>What the kernel drivers take, file by file. From their sources and a model of them; no driver was run.</summary>
/// <param name="machine">Changed by what is taken.</param>
internal sealed class StockDrivers(StockMachine machine)
{
    private const int NotPermitted = 1;
    private const int Invalid = 22;
    private const int OutOfRange = 34;

    private const uint CnaMax = 0xFFFFFF;
    private const int ServerCnaBytesMax = 725;
    private const int ClientInfoBytesMax = 2630;
    private const int ListsLengthMax = 2559;
    private const int ListLengthMax = 1312;
    private const int RateLimitBytesMax = 256;

    /// <summary>Writes a value with its newline; 0, or an error with its reason.</summary>
    public (int Errno, StockReason? Reason) Write(string file, string text) =>
        file switch
        {
            "sentry_remote_reporter/cna" => Number(text, CnaMax),
            "sentry_remote_reporter/panic_timeout" or "sentry_remote_reporter/kernel_reboot_timeout" => Number(
                text,
                Limits.WindowMsMax
            ),
            "sentry_remote_reporter/eid" => SetEid(text),
            "sentry_remote_reporter/uvb_comm" => SetWay(text, machine.UsesUrma, isOn => machine.UsesUvb = isOn),
            "sentry_remote_reporter/urma_comm" => SetWay(text, machine.UsesUvb, isOn => machine.UsesUrma = isOn),
            "sentry_remote_reporter/panic" when text == "on\n" && !machine.RunsPanicNotifiers => (
                NotPermitted,
                new StockReason("crash_kexec_post_notifiers is off", IsOfTheMachine: true)
            ),
            "sentry_urma_comm/client_info" => SetLists(text),
            "sentry_urma_comm/heartbeat" when text == "on\n" && !machine.IsLinked => Refuse(
                "no link has been built yet",
                isOfTheMachine: true
            ),
            "sentry_uvb_comm/server_cna" => SetCnas(text),
            "sentry_reporter/oom_rate_limit" => SetRates(text),
            _ => default,
        };

    private static (int, StockReason?) Refuse(string reason, bool isOfTheMachine = false) =>
        (Invalid, new StockReason(reason, isOfTheMachine));

    private static (int, StockReason?) Number(string text, uint max) =>
        KernelNumber.Read(text, out var value) switch
        {
            KernelNumber.Outcome.NoDecimal => Refuse("not an unsigned decimal"),
            KernelNumber.Outcome.TooLarge => (OutOfRange, new StockReason("overflows 32 bits")),
            _ => value > max ? Refuse(FormattableString.Invariant($"above {max}")) : default,
        };

    private static (int, StockReason?) SetWay(string text, bool isOtherOn, Action<bool> set)
    {
        var isOn = text == "on\n";
        if (!isOn && !isOtherOn)
        {
            return Refuse("cannot disable both transports", isOfTheMachine: true);
        }

        set(isOn);
        return default;
    }

    private (int, StockReason?) SetEid(string text)
    {
        var eids = new List<Eid>();
        foreach (var part in AsBytes(text)[..^1].Split(';'))
        {
            if (part.Length != Eid.TextLength || !KernelAddress.TryParse(part, out var eid))
            {
                return Refuse("not an IPv6 literal");
            }

            eids.Add(eid);
        }

        // Links are gone now, whatever comes; and the number of own eids stays as it was where a device is missing.
        machine.IsLinked = false;
        var owned = eids.TakeWhile(eid => machine.Owned is not { } known || known.Contains(eid) || Reversed(known, eid))
            .ToList();
        machine.Local = [owned.ElementAtOrDefault(0), owned.ElementAtOrDefault(1)];
        if (owned.Count < eids.Count)
        {
            return Refuse("no URMA device owns this eid", isOfTheMachine: true);
        }

        machine.LocalCount = eids.Count;
        return default;
    }

    private static bool Reversed(IReadOnlySet<Eid> known, Eid eid)
    {
        var bytes = new byte[16];
        eid.CopyTo(bytes);
        Array.Reverse(bytes);
        return known.Contains(Eid.FromBytes(bytes));
    }

    private (int, StockReason?) SetLists(string text)
    {
        var bytes = AsBytes(text);
        if (bytes.Length > ClientInfoBytesMax)
        {
            return Refuse("more than 2630 bytes");
        }

        // Up to the first blank; behind blanks, the jetty: 6 characters of a line.
        var end = bytes.IndexOf(' ', StringComparison.Ordinal);
        end = Math.Min(end < 0 ? bytes.Length : end, ListsLengthMax);
        var rest = bytes[end..].TrimStart(' ', '\t', '\n', '\v', '\f', '\r').Split('\n')[0];
        if (end == 0 || rest.Length == 0)
        {
            return Refuse("not two fields");
        }

        if (CheckLists(bytes[..end], out var count) is { } reason)
        {
            return (Invalid, reason);
        }

        if (
            KernelNumber.Read(rest[..Math.Min(6, rest.Length)], out var jetty) != KernelNumber.Outcome.Read
            || jetty is < JettyId.Min or > JettyId.Max
        )
        {
            return Refuse("jetty is not 3 to 1023");
        }

        if (count > machine.LocalCount)
        {
            return Refuse("more lists than own eids", isOfTheMachine: true);
        }

        machine.IsLinked = true;
        return default;
    }

    private StockReason? CheckLists(string text, out int count)
    {
        count = 0;
        foreach (var list in text.Split(';'))
        {
            if (count == Limits.DieCountMax)
            {
                return new StockReason("more than 2 lists");
            }

            var parts = list.Split(',');
            if (list.Length > ListLengthMax && parts.Length <= Limits.NodeCountMax)
            {
                return new StockReason("a list of more than 1312 characters");
            }

            if (list.Length > ListLengthMax)
            {
                return new StockReason("more than 32 eids");
            }

            Eid? first = null;
            foreach (var (place, part) in parts.Index())
            {
                if (place == Limits.NodeCountMax)
                {
                    return new StockReason("more than 32 eids");
                }

                if (part.Length != Eid.TextLength)
                {
                    return new StockReason("eid length is not 39");
                }

                if (!KernelAddress.TryParse(part, out var eid))
                {
                    return new StockReason("not an IPv6 literal");
                }

                first ??= eid;
            }

            if (first != machine.Local[count])
            {
                // With as many own eids as lists it is the list that is wrong, and no other machine takes it.
                return new StockReason(
                    FormattableString.Invariant($"first eid of die {count} is not the configured local eid"),
                    IsOfTheMachine: machine.LocalCount == 0
                );
            }

            count++;
        }

        return null;
    }

    private static (int, StockReason?) SetCnas(string text)
    {
        if (AsBytes(text).Length > ServerCnaBytesMax)
        {
            return Refuse("more than 725 bytes");
        }

        foreach (var part in text.Split(';'))
        {
            if (KernelNumber.Read(part, out var cna) != KernelNumber.Outcome.Read)
            {
                return Refuse($"CNA {PythonText.Quoted(part)} is not an unsigned decimal");
            }

            if (cna > CnaMax)
            {
                return Refuse("CNA above 16777215");
            }
        }

        return default;
    }

    // "NAME:n,NAME:n"; names were checked before.
    private static (int, StockReason?) SetRates(string text)
    {
        if (text.Length > RateLimitBytesMax)
        {
            return Refuse("more than 256 bytes");
        }

        foreach (var part in text[..^1].Split(','))
        {
            var limit = part[(part.IndexOf(':', StringComparison.Ordinal) + 1)..];
            switch (KernelNumber.Read(limit, out var value))
            {
                case KernelNumber.Outcome.NoDecimal:
                    return Refuse("limit not a number");
                case KernelNumber.Outcome.TooLarge:
                case var _ when value > int.MaxValue:
                    return Refuse("limit out of int range");
                default:
                    break;
            }
        }

        return default;
    }

    // The kernel counts bytes: a character for each of them.
    private static string AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
