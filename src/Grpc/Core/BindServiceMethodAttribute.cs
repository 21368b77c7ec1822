using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>On a generated service base: the static method that binds it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BindServiceMethodAttribute(
    [DynamicallyAccessedMembers(BindServiceMethodAttribute.Needed)] Type bindType,
    string bindMethodName
) : Attribute
{
    internal const DynamicallyAccessedMemberTypes Needed =
        DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.NonPublicMethods;

    /// <summary>The class with the method.</summary>
    [DynamicallyAccessedMembers(Needed)]
    public Type BindType { get; } = bindType;

    /// <summary>The name of the static method (ServiceBinderBase, service base).</summary>
    public string BindMethodName { get; } = bindMethodName;
}
