namespace ClusterRas.Fabric;

/// <summary>Reads a file that somebody named: whole, or with a reason why not. A device that never ends is no file of ours.</summary>
public static class InputFile
{
    /// <summary>Longest file, in bytes. The sentryctl lines of 32 nodes take a quarter of it.</summary>
    public const int LengthMaxBytes = 1024 * 1024;

    /// <summary>Why it cannot be read, as a sentence without its full stop; null: it was read.</summary>
    /// <param name="path">As it was named: anything.</param>
    /// <param name="bytes">Its content; empty where it cannot be read.</param>
    public static string? Refusal(string path, out byte[] bytes)
    {
        bytes = [];
        if (path.Length == 0)
        {
            return "its name is empty";
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return "its name has a NUL in it";
        }

        if (Directory.Exists(path))
        {
            return "it is a folder";
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using var content = new MemoryStream();
            var chunk = new byte[16 * 1024];
            while (file.Read(chunk) is > 0 and var count)
            {
                content.Write(chunk, 0, count);
                if (content.Length > LengthMaxBytes)
                {
                    return FormattableString.Invariant($"it has more than {LengthMaxBytes} bytes");
                }
            }

            bytes = content.ToArray();
            return null;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return "there is no such file";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return failure.Message.TrimEnd('.');
        }
    }
}
