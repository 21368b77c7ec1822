using ClusterRas.Wire.V1;

namespace ClusterRas.Beds;

/// <summary>How one node shows the cluster.</summary>
/// <param name="Master">Its number; null: none known.</param>
public sealed record Picture(int Asked, int? Master, ulong Term, IReadOnlyList<MemberView> Members)
{
    /// <summary>Reads what the node answered.</summary>
    public static Picture Of(int asked, Status status) =>
        new(
            asked,
            status.Master is { HasNode: true } master ? (int)master.Node + 1 : null,
            status.Master?.Term ?? 0,
            [.. status.Members]
        );

    /// <summary>Numbers of those who have a seat.</summary>
    public IReadOnlyList<int> Voters => [.. Members.Where(m => m.Voter).Select(NumberOf)];

    /// <summary>Up on both rails, in the life that we started, and nothing told about it.</summary>
    public bool IsFit(Machine machine) => machine.IsMeantToRun && IsFit(LifeName.Of(machine));

    /// <summary>Up on both rails in this life, and nothing told about it.</summary>
    public bool IsFit(LifeName life) =>
        Members.FirstOrDefault(m => NumberOf(m) == life.Number) is { HasOpenIncident: false } member
        && (life.Number == Asked || member.Health == Health.Up)
        && member.Life?.Boot == life.Boot;

    /// <summary>Of its life, to arm its kernel with; 0: none known.</summary>
    public int TagOf(int number) => (int)(Members.FirstOrDefault(m => NumberOf(m) == number)?.Life?.Tag ?? 0);

    private static int NumberOf(MemberView member) => (int)member.Node + 1;
}
