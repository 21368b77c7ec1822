using System.Text.Json;
using ClusterRas.AbiHeader;

if (args.Length != 2)
{
    await Console.Error.WriteLineAsync("usage: abi-header ABI.json OUT.h").ConfigureAwait(false);
    return 2;
}

using var data = JsonDocument.Parse(await File.ReadAllBytesAsync(args[0]).ConfigureAwait(false));
var header = new HeaderWriter(Abi.Read(data.RootElement)).Write(Path.GetFileName(args[0]));
await File.WriteAllTextAsync(args[1], header).ConfigureAwait(false);
return 0;
