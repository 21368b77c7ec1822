namespace ClusterRas.Chaos;

/// <summary>All trials of one scenario, and what the ledgers said afterwards.</summary>
internal sealed class ScenarioResult(Scenario scenario)
{
    public Scenario Scenario { get; } = scenario;

    public List<Trial> Trials { get; } = [];

    public List<Finding> Findings { get; } = [];

    public int Lost { get; set; }

    public int Doubled { get; set; }

    public int FalselySilent { get; set; }

    public IEnumerable<Trial> Counted => Trials.Where(t => t.NotCounted.Length == 0);

    public int Panics => Trials.Sum(t => t.Words.Select(w => w.Victim).Distinct().Count());

    /// <summary>From the word to the ack, where a majority was reached.</summary>
    public Spread Acks =>
        new(
            Counted.SelectMany(t => t.Words).Where(w => w.ReachesMajority).Select(w => w.Ack?.After).OfType<TimeSpan>()
        );

    /// <summary>From the word of a death to the first ack for it: then the dying kernel may go on.</summary>
    public Spread FirstAcks =>
        new(
            from trial in Counted
            from death in trial.Words.GroupBy(w => w.Victim)
            let first = death.Where(w => w.ReachesMajority).Select(w => w.Ack?.After).OfType<TimeSpan>().ToList()
            where first.Count > 0
            select first.Min()
        );

    public Spread Relinks =>
        new(Trials.SelectMany(t => t.Relinks).Where(r => r.Heard.IsCompletedSuccessfully).Select(r => r.Heard.Result));

    public int Excused => Trials.Sum(t => t.Excused.Count);

    public Spread Successions => new(Trials.Select(t => t.Succession).OfType<TimeSpan>());

    public Spread Settlings => new(Trials.Select(t => t.Settled).OfType<TimeSpan>());

    public bool Held => Findings.Count == 0 && Counted.Any();
}
