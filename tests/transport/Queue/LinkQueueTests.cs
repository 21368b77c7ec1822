using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

public sealed class LinkQueueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_TakenOut_ComeInOrder()
    {
        var queue = new LinkQueue();
        for (var i = 1; i <= 300; i++)
        {
            queue.Enqueue(Said.Word(i)).ShouldBe(SendOutcome.Queued);
        }

        for (var i = 1; i <= 300; i++)
        {
            (await queue.TakeAsync(Stop)).ShouldBe(Said.Word(i));
        }
    }

    [Fact]
    public async Task Beats_Several_OnlyTheLatestIsKept()
    {
        var queue = new LinkQueue();
        queue.Enqueue(Said.Beat(1));
        queue.Enqueue(Said.Ack(1));
        queue.Enqueue(Said.Beat(2));
        queue.Enqueue(Said.Ack(2));
        queue.Complete();

        (await queue.TakeAsync(Stop)).ShouldBe(Said.Beat(2));
        (await queue.TakeAsync(Stop)).ShouldBe(Said.Ack(2));
        (await queue.TakeAsync(Stop)).ShouldBeNull();
        queue.Counts.BeatsReplaced.ShouldBe(2);
    }

    [Fact]
    public async Task Beat_BehindEvents_LeavesBeforeThem()
    {
        var queue = new LinkQueue();
        queue.Enqueue(Said.Word(1));
        queue.Enqueue(Said.Beat(1));

        (await queue.TakeAsync(Stop)).ShouldBe(Said.Beat(1));
        (await queue.TakeAsync(Stop)).ShouldBe(Said.Word(1));
    }

    [Fact]
    public void Beat_IntoAFullQueue_IsTaken()
    {
        var queue = Full(3);

        queue.Enqueue(Said.Beat(1)).ShouldBe(SendOutcome.Queued);
    }

    [Fact]
    public async Task Bulk_BesideEvents_HasALaneOfItsOwn()
    {
        var queue = new LinkQueue();
        queue.Enqueue(Said.Snapshot(1));
        queue.Enqueue(Said.Word(1));

        (await queue.TakeAsync(Stop)).ShouldBe(Said.Word(1));
        (await queue.TakeBulkAsync(Stop)).ShouldBe(Said.Snapshot(1));
    }

    [Fact]
    public async Task Bulk_Newer_StandsForTheOlder()
    {
        var queue = new LinkQueue();
        queue.Enqueue(Said.Snapshot(1));
        queue.Enqueue(Said.Snapshot(2));

        (await queue.TakeBulkAsync(Stop)).ShouldBe(Said.Snapshot(2));
        queue.Counts.ShouldBe(new LinkQueueCounts(0, 0, 1, 0, 0));
    }

    [Fact]
    public void Bulk_IntoAQueueFullOfEvents_IsRefused()
    {
        var queue = Full(3);

        queue.Enqueue(Said.Snapshot(1)).ShouldBe(SendOutcome.Full);
        queue.Counts.ShouldBe(new LinkQueueCounts(3, 0, 0, 0, 1));
    }

    [Fact]
    public async Task Overload_WithBulkWaiting_BulkGoesFirst()
    {
        var queue = new LinkQueue(3);
        queue.Enqueue(Said.Snapshot(1));
        queue.Enqueue(Said.Word(1));
        queue.Enqueue(Said.Word(1));

        queue.Enqueue(Said.Word(2)).ShouldBe(SendOutcome.Queued);

        queue.Counts.ShouldBe(new LinkQueueCounts(3, 0, 1, 0, 0));
        queue.Complete();
        (await queue.TakeBulkAsync(Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Overload_WithCopiesWaiting_TheOldestCopyGoes()
    {
        var queue = new LinkQueue(4);
        queue.Enqueue(Said.Word(1));
        queue.Enqueue(Said.Word(2) with { Sequence = 100 });
        queue.Enqueue(Said.Word(1) with { Sequence = 101 });
        queue.Enqueue(Said.Word(2) with { Sequence = 102 });

        queue.Enqueue(Said.Word(3)).ShouldBe(SendOutcome.Queued);

        queue.Counts.ShouldBe(new LinkQueueCounts(4, 0, 0, 1, 0));
        (await queue.TakeAsync(Stop)).ShouldBe(Said.Word(2) with { Sequence = 100 });
        (await queue.TakeAsync(Stop)).ShouldBe(Said.Word(1) with { Sequence = 101 });
        (await queue.TakeAsync(Stop)).ShouldBe(Said.Word(2) with { Sequence = 102 });
        (await queue.TakeAsync(Stop)).ShouldBe(Said.Word(3));
    }

    [Fact]
    public void Overload_TheNewcomerIsTheCopy_TheOlderOneGoes()
    {
        var queue = Full(3);

        queue.Enqueue(Said.Word(2) with { Sequence = 100 }).ShouldBe(SendOutcome.Queued);

        queue.Counts.ShouldBe(new LinkQueueCounts(3, 0, 0, 1, 0));
    }

    [Fact]
    public void Overload_OfDifferentWords_RefusesTheNewcomer()
    {
        var queue = Full(3);

        queue.Enqueue(Said.Word(4)).ShouldBe(SendOutcome.Full);

        queue.Counts.ShouldBe(new LinkQueueCounts(3, 0, 0, 0, 1));
    }

    [Fact]
    public void Overload_OfBeatsOfTheMaster_NeverCostsAWord()
    {
        var queue = new LinkQueue(8);
        for (var i = 0; i < 100; i++)
        {
            queue.Enqueue(Said.EmptyAppend(i)).ShouldBe(SendOutcome.Queued);
        }

        for (var i = 0; i < 7; i++)
        {
            queue.Enqueue(Said.Word(i)).ShouldBe(SendOutcome.Queued);
        }

        queue.Counts.CopiesShed.ShouldBe(99);
    }

    [Fact]
    public void Copies_EveryMessage_HasAKey()
    {
        foreach (var message in Samples.Messages)
        {
            CopyKey.Of(message).ShouldBe(CopyKey.Of(message));
        }
    }

    [Fact]
    public void Copies_OnDifferentRelays_AreNotTheSame()
    {
        var word = Said.Word(1).Message;
        var direct = CopyKey.Of(word);
        var relayed = CopyKey.Of(new Message.Relayed(new(1), new(2), 1, 1, word));
        var elsewhere = CopyKey.Of(new Message.Relayed(new(1), new(3), 1, 1, word));

        relayed.ShouldNotBe(direct);
        relayed.ShouldNotBe(elsewhere);
        CopyKey.Of(new Message.Relayed(new(1), new(2), 9, 2, word)).ShouldBe(relayed);
    }

    [Fact]
    public async Task Pump_OfAnEmptyQueue_WaitsForAFrame()
    {
        var queue = new LinkQueue();
        var taking = queue.TakeAsync(Stop).AsTask();
        taking.IsCompleted.ShouldBeFalse();

        queue.Enqueue(Said.Word(1));

        (await taking).ShouldBe(Said.Word(1));
    }

    [Fact]
    public async Task Pump_OfACompleteQueue_DrainsAndEnds()
    {
        var queue = new LinkQueue();
        queue.Enqueue(Said.Word(1));
        queue.Complete();

        queue.Enqueue(Said.Word(2)).ShouldBe(SendOutcome.LinkDown);
        (await queue.TakeAsync(Stop)).ShouldBe(Said.Word(1));
        (await queue.TakeAsync(Stop)).ShouldBeNull();
        (await queue.TakeBulkAsync(Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Pump_Waiting_EndsWithTheQueue()
    {
        var queue = new LinkQueue();
        var taking = queue.TakeAsync(Stop).AsTask();

        queue.Complete();

        (await taking).ShouldBeNull();
    }

    [Fact]
    public async Task Pump_Waiting_EndsWhenStopped()
    {
        var queue = new LinkQueue();
        using var stop = new CancellationTokenSource();
        var taking = queue.TakeAsync(stop.Token).AsTask();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => taking);
    }

    [Fact]
    public async Task Queue_ManyThreads_LosesNothingThatItTook()
    {
        const int Threads = 4;
        const int EachMax = 20_000;
        var queue = new LinkQueue(64);
        var taken = 0;
        var pump = Task.Run(
            async () =>
            {
                while (await queue.TakeAsync(Stop) is not null)
                {
                    taken++;
                }
            },
            Stop
        );
        var queued = await Task.WhenAll(
            Enumerable
                .Range(0, Threads)
                .Select(thread =>
                    Task.Run(
                        () =>
                        {
                            var mine = 0;
                            for (var i = 0; i < EachMax; i++)
                            {
                                mine += queue.Enqueue(Said.Word((thread * EachMax) + i)) == SendOutcome.Queued ? 1 : 0;
                            }

                            return mine;
                        },
                        Stop
                    )
                )
        );

        queue.Complete();
        await pump;

        taken.ShouldBe(queued.Sum());
    }

    private static LinkQueue Full(int framesMax)
    {
        var queue = new LinkQueue(framesMax);
        for (var i = 1; i <= framesMax; i++)
        {
            queue.Enqueue(Said.Word(i)).ShouldBe(SendOutcome.Queued);
        }

        return queue;
    }
}
