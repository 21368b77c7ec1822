namespace ClusterRas.Ctl.Maps;

/// <summary>Writes a result to a file, whole or not at all.</summary>
internal static class OutputFile
{
    /// <summary>Writes; an existing file is kept unless the operator said otherwise.</summary>
    /// <remarks>
    /// A link stays, and the file that it leads to is replaced with its access rights as they are. A device is written to: it
    /// has no content to keep, and a file in its place would be missed by everybody else.
    /// </remarks>
    /// <exception cref="RefusedException">It is there, or cannot be written.</exception>
    public static void Write(string path, string text, bool mayReplace)
    {
        if (path.Length == 0)
        {
            throw RefusedException.Usage("the file to write has no name.");
        }

        if (Directory.Exists(path))
        {
            throw RefusedException.Usage($"{path} is a folder.\n  name a file in it");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw RefusedException.Usage($"{path} cannot be written: there is no folder {folder}");
        }

        string? draft = null;
        try
        {
            var named = new FileInfo(path);
            var target = named.LinkTarget is null ? path : named.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            if (IsDevice(path) || IsDevice(target))
            {
                using var device = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                device.Write(System.Text.Encoding.UTF8.GetBytes(text));
                return;
            }

            var isThere = File.Exists(path);
            if (isThere && !mayReplace)
            {
                throw RefusedException.Usage(
                    $"{path} is there already.\n  name another file, or replace it with --force"
                );
            }

            // A name that no file of the operator has.
            draft = $"{target}.{Guid.NewGuid():N}";
            File.WriteAllText(draft, text);
            if (isThere && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(draft, File.GetUnixFileMode(target));
            }

            File.Move(draft, target, overwrite: mayReplace);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (draft is not null && File.Exists(draft))
            {
                File.Delete(draft);
            }

            throw RefusedException.Usage($"{path} cannot be written: {failure.Message}\n  nothing was changed");
        }
    }

    private static bool IsDevice(string path) =>
        Path.GetFullPath(path) is var full
        && full.StartsWith("/dev/", StringComparison.Ordinal)
        && !full.StartsWith("/dev/shm/", StringComparison.Ordinal)
        && File.Exists(full);
}
