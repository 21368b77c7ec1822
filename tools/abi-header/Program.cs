using System.Text.Json;
using ClusterRas.AbiHeader;

if (args.Length is not (2 or 3))
{
    await Console.Error.WriteLineAsync("usage: abi-header ABI.json OUT.h [PROVIDER.h]").ConfigureAwait(false);
    return 2;
}

using var data = JsonDocument.Parse(await File.ReadAllBytesAsync(args[0]).ConfigureAwait(false));
var (abi, source) = (Abi.Read(data.RootElement), Path.GetFileName(args[0]));
await File.WriteAllTextAsync(args[1], new HeaderWriter(abi).Write(source)).ConfigureAwait(false);
if (args.Length == 3)
{
    await File.WriteAllTextAsync(args[2], new ProviderWriter(abi).Write(source, data.RootElement))
        .ConfigureAwait(false);
}

return 0;
