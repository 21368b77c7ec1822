namespace ClusterRas.Ctl.Maps;

/// <summary>Writes a result to a file, whole or not at all.</summary>
internal static class OutputFile
{
    /// <summary>Writes; an existing file is kept unless the operator said otherwise.</summary>
    /// <exception cref="RefusedException">It is there, or cannot be written.</exception>
    public static void Write(string path, string text, bool mayReplace)
    {
        if (File.Exists(path) && !mayReplace)
        {
            throw RefusedException.Usage($"{path} is there already.\n  name another file, or replace it with --force");
        }

        // A name that no file of the operator has.
        var draft = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllText(draft, text);
            File.Move(draft, path, overwrite: mayReplace);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            File.Delete(draft);
            throw RefusedException.Usage($"{path} cannot be written: {failure.Message}\n  nothing was changed");
        }
    }
}
