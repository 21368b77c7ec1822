using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// One cluster at a time: more would only wait for each other's processors.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
