using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Fabric;

/// <summary>Reads the members <c>timing</c> and <c>limits</c> of a file.</summary>
internal static class TuningReader
{
    public static readonly JsonMemberForm Timing = FormOf(ClusterOption.Timing, "rhythms");

    private static readonly JsonMemberForm Profile = new(
        TimingProfile.Member,
        TimingProfile.Expected,
        $"\"{TimingProfile.Default.Name}\"",
        Required: false
    );

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
            var isTiming = form.Name == ClusterOption.Timing;
            var members = new JsonMembers(tree, form.Name, isTiming ? [Profile, .. forms] : [.. forms], problems);
            if (isTiming)
            {
                ReadProfile(members, tuning, problems);
            }

            foreach (var (option, one) in options.Zip(forms))
            {
                if (members.GetSaid(one, TopologyProblemCode.TuningRange) is { } said)
                {
                    tuning[option] = said;
                }
            }
        }
    }

    /// <summary>Its rhythms stand as if each were written where the profile is; what is written goes before them.</summary>
    private static void ReadProfile(
        JsonMembers timing,
        Dictionary<ClusterOption, Said<int>> tuning,
        ProblemList problems
    )
    {
        if (timing.Get<JsonTree.Text>(Profile) is not { } said)
        {
            return;
        }

        if (TimingProfile.Find(said.Value) is not { } profile)
        {
            var guess = Spelling.Closest(said.Value, TimingProfile.All.Select(one => one.Name));
            problems.Add(
                said.Offset,
                TopologyProblemCode.TuningProfile,
                $"{ClusterOption.Timing}: {TimingProfile.Member} is {said.Shown}",
                TimingProfile.Expected,
                guess is null ? "write one of them, or remove it" : $"did you mean \"{guess}\"?"
            );
            return;
        }

        foreach (var (option, value) in profile.Values)
        {
            tuning[option] = new Said<int>(value, problems.At(said.Offset));
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
