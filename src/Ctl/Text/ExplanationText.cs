using ClusterRas.Options;

namespace ClusterRas.Ctl.Text;

/// <summary>Options for people.</summary>
internal static class ExplanationText
{
    public static void Write(Page page, Explanation one)
    {
        page.Line($"{one.Name}: {one.What}");
        page.Line(
            $"  where    {one.Where.TrimEnd()}; {(one.IsOfTheCluster ? "the same on all nodes" : "each node its own")}"
        );
        page.Line($"  default  {one.Default}{(one.Unit.Length > 0 ? $" {one.Unit}" : "")}");
        page.Line($"  range    {one.Range}");
        foreach (var relation in one.Relations)
        {
            page.Line($"  fits     {relation}");
        }

        foreach (var outside in one.Outside)
        {
            page.Line($"  else     {outside}");
        }
    }

    public static void WriteAll(Page page, IReadOnlyList<Explanation> all)
    {
        foreach (var isOfTheCluster in new[] { true, false })
        {
            page.Line(
                isOfTheCluster
                    ? "In the map, so that all nodes have them alike:"
                    : "Of each node, in its file or on its command line:"
            );
            var sheet = new Sheet("OPTION", "DEFAULT", "RANGE");
            foreach (var one in all.Where(one => one.IsOfTheCluster == isOfTheCluster))
            {
                sheet.Add(one.Name, one.Default, one.Range);
            }

            page.Table(sheet);
            page.Line();
        }

        page.Line("rasctl config explain NAME says what each is, what it must fit, and what goes wrong.");
    }
}
