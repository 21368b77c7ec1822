using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ClusterRas.Sentry.Stock;

namespace ClusterRas.Sentry.Tests.Stock;

/// <summary>Asks <c>tests/sentry/python/reference.py</c>, which lets Python's own parser, numbers and JSON decide.</summary>
internal sealed class PythonReference : IDisposable
{
    private readonly Process process;

    private PythonReference(Process process)
    {
        this.process = process;
        using var version = JsonDocument.Parse(process.StandardOutput.ReadLine() ?? "[0,0]");
        WordsErrorsAsRecorded =
            (version.RootElement[0].GetInt32(), version.RootElement[1].GetInt32()) is (3, <= 11 and >= 9);
    }

    /// <summary>True: its parser words errors as the recorded one does.</summary>
    public bool WordsErrorsAsRecorded { get; }

    /// <summary>Null: there is no Python here.</summary>
    public static PythonReference? Start()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "reference.py");
        var start = new ProcessStartInfo("python3", ["-X", "utf8", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        try
        {
            return new PythonReference(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Its verdict, without reasons; null: not for <c>set</c>.</summary>
    public StockVerdict? Run(IReadOnlyList<string> words, JsonElement before)
    {
        var argv = string.Join(", ", words.Select(word => $"\"{JsonEncodedText.Encode(word)}\""));
        process.StandardInput.WriteLine($"{{\"argv\": [{argv}], \"pre\": {before.GetRawText()}}}");
        process.StandardInput.Flush();
        var line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the reference has ended");
        using var answer = JsonDocument.Parse(line);
        if (answer.RootElement.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return new StockVerdict(
            answer.RootElement[0].GetInt32(),
            Enum.Parse<StockRefusal>(answer.RootElement[1].GetString()!, ignoreCase: true),
            answer.RootElement[2].GetString()!,
            [],
            [
                .. answer
                    .RootElement[3]
                    .EnumerateArray()
                    .Select(write => new StockWrite(write[0].GetString()!, write[1].GetString()!, write[2].GetInt32())),
            ]
        );
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
