using System.Reflection;
using System.Text;

namespace ClusterRas.Simulator.Scenarios;

/// <summary>A record as <c>Name=value</c> pairs: what its constructor takes, and what was changed beside that.</summary>
/// <remarks>By reflection, so that a new fault can be written into a scenario without a word more.</remarks>
internal static class RecordText
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;

    /// <param name="but">Properties that are said elsewhere.</param>
    public static string Write(object record, params ReadOnlySpan<string> but)
    {
        var text = new StringBuilder();
        var type = record.GetType();
        var parameters = ConstructorOf(type).GetParameters();
        foreach (var parameter in parameters)
        {
            if (!but.Contains(parameter.Name))
            {
                text.Append(' ').Append(parameter.Name).Append('=');
                text.Append(ValueText.Write(type.GetProperty(parameter.Name!, Public)!.GetValue(record)));
            }
        }

        var plain = Plain(record, parameters);
        foreach (var property in Settable(type, parameters))
        {
            if (!but.Contains(property.Name) && !Equals(property.GetValue(record), property.GetValue(plain)))
            {
                text.Append(' ').Append(property.Name).Append('=').Append(ValueText.Write(property.GetValue(record)));
            }
        }

        return text.ToString();
    }

    /// <summary>Makes the record; says all that is wrong with the pairs.</summary>
    /// <param name="given">What is said elsewhere.</param>
    /// <returns>Null: something was wrong.</returns>
    public static object? Read(
        Type type,
        IReadOnlyDictionary<string, string> pairs,
        IReadOnlyDictionary<string, object?> given,
        Action<string> complain
    )
    {
        var constructor = ConstructorOf(type);
        var parameters = constructor.GetParameters();
        var settable = Settable(type, parameters).ToArray();
        var known = parameters.Select(parameter => parameter.Name!).Concat(settable.Select(property => property.Name));
        var isWhole = true;
        foreach (var name in pairs.Keys.Except(known, StringComparer.Ordinal))
        {
            Refuse($"{type.Name} has no {name}; it has {string.Join(", ", known)}");
        }

        var values = Array.ConvertAll(parameters, parameter => ValueOf(parameter.Name!, parameter.ParameterType, true));
        var extras = Array.ConvertAll(
            settable,
            property =>
                pairs.ContainsKey(property.Name) || given.ContainsKey(property.Name)
                    ? ValueOf(property.Name, property.PropertyType, false)
                    : null
        );
        if (!isWhole)
        {
            return null;
        }

        var record = constructor.Invoke(values);
        for (var at = 0; at < settable.Length; at++)
        {
            if (extras[at] is { } extra)
            {
                settable[at].SetValue(record, extra);
            }
        }

        return record;

        void Refuse(string what)
        {
            isWhole = false;
            complain(what);
        }

        object? ValueOf(string name, Type wanted, bool isNeeded)
        {
            if (given.TryGetValue(name, out var value))
            {
                return value;
            }

            if (!pairs.TryGetValue(name, out var text))
            {
                if (isNeeded)
                {
                    Refuse($"{type.Name} needs {name}={ValueText.Example(wanted)}");
                }

                return null;
            }

            if (!ValueText.TryRead(wanted, text, out value))
            {
                Refuse($"{name}={text}: expected {ValueText.Example(wanted)}");
            }

            return value;
        }
    }

    private static ConstructorInfo ConstructorOf(Type type) =>
        type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
        ?? throw new NotSupportedException(type.Name);

    private static object Plain(object record, ParameterInfo[] parameters) =>
        ConstructorOf(record.GetType())
            .Invoke(
                Array.ConvertAll(
                    parameters,
                    parameter => record.GetType().GetProperty(parameter.Name!, Public)!.GetValue(record)
                )
            );

    private static IEnumerable<PropertyInfo> Settable(Type type, ParameterInfo[] parameters) =>
        type.GetProperties(Public)
            .Where(property =>
                property.SetMethod is { IsPublic: true } && parameters.All(parameter => parameter.Name != property.Name)
            )
            .OrderBy(property => property.Name, StringComparer.Ordinal);
}
