using ClusterRas.Ctl.Maps;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Text;

/// <summary>Checked files for people.</summary>
internal static class ConfigText
{
    public static void Write(Page page, IReadOnlyList<CheckedFile> files)
    {
        foreach (var problem in files.SelectMany(file => file.Problems))
        {
            ProblemText.Write(page, problem);
        }

        foreach (var file in files)
        {
            var verdict = file.Problems.IsEmpty ? "clean" : ProblemText.Counted(file.Problems);
            page.Line($"{Printable.Of(file.Path)}: {verdict} ({file.Is})", ProblemText.ToneOf(file.Worst));
        }
    }
}
