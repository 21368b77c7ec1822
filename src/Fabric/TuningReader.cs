using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Fabric;

/// <summary>Reads the members <c>timing</c> and <c>limits</c> of a file.</summary>
internal static class TuningReader
{
    public static readonly JsonMemberForm Timing = FormOf(ClusterOption.Timing, "rhythms");
    public static readonly JsonMemberForm Limits = FormOf(ClusterOption.Limits, "limits");

    public static void Read(JsonMembers file, Dictionary<ClusterOption, Said<int>> tuning, ProblemList problems)
    {
        foreach (var form in new[] { Timing, Limits })
        {
            if (file.Get<JsonTree.Object>(form) is not { } tree)
            {
                continue;
            }

            var options = ClusterOption.All.Where(option => option.Member == form.Name).ToList();
            var forms = options.ConvertAll(option => new JsonMemberForm(
                option.Name,
                option.Expected,
                option.Default.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Required: false
            ));
            var members = new JsonMembers(tree, form.Name, [.. forms], problems);
            foreach (var (option, one) in options.Zip(forms))
            {
                if (members.GetSaid(one, TopologyProblemCode.TuningRange) is { } said)
                {
                    tuning[option] = said;
                }
            }
        }
    }

    private static JsonMemberForm FormOf(string member, string what)
    {
        var first = ClusterOption.All.First(option => option.Member == member);
        return new JsonMemberForm(
            member,
            $"an object with {what} (rasctl config explain tells them)",
            FormattableString.Invariant($"{{ \"{first.Name}\": {first.Default} }}"),
            Required: false
        );
    }
}
