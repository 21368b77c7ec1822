using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Logs;

/// <summary>Names of the log, for people.</summary>
internal static class LogText
{
    public static void Write(Page page, LogName one)
    {
        page.Line($"{one.Name} ({one.Group})");
        page.Line($"  means  {one.Meaning}");
        page.Line($"  to do  {(one.Action.Length > 0 ? one.Action : "nothing")}");
    }

    public static void WriteAll(Page page)
    {
        foreach (var group in LogBook.All.GroupBy(one => one.Group))
        {
            page.Line($"{group.Key}:");
            var sheet = new Sheet("NAME", "MEANS");
            foreach (var one in group)
            {
                sheet.Add(one.Name, one.Meaning);
            }

            page.Table(sheet);
            page.Line();
        }

        page.Line("rasctl logs explain NAME also says what to look at.");
    }
}
