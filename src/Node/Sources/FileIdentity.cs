namespace ClusterRas.Node.Sources;

/// <summary>What kind of thing a path leads to. Values: the upper four bits of a mode.</summary>
internal enum FileType
{
    None = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Folder = 4,
    BlockDevice = 6,
    Regular = 8,
    SymbolicLink = 10,
    Socket = 12,
}

/// <summary>Names one file of this machine, however its path may be given away later.</summary>
internal readonly record struct FileIdentity(FileType Type, ulong Inode, ulong FileSystem);
