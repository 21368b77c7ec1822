namespace ClusterRas.Transport.Tests;

/// <summary>What counts as a copy.</summary>
public sealed class CopyMemoryTests
{
    [Fact]
    public void Frame_ThatHasCome_IsNoNewOne()
    {
        var memory = new CopyMemory();

        memory.IsNew(Said.Word(1)).ShouldBeTrue();
        memory.IsNew(Said.Word(2)).ShouldBeTrue();

        memory.IsNew(Said.Word(1)).ShouldBeFalse();
        memory.IsNew(Said.Word(2)).ShouldBeFalse();
    }

    [Fact]
    public void Frame_OfAPeerThatCountsAnew_IsNew()
    {
        var memory = new CopyMemory();
        memory.IsNew(Said.Word(1)).ShouldBeTrue();

        // The same number, another word; and the same word with another number is what the peer has sent again.
        memory.IsNew(Said.Word(2) with { Sequence = 1 }).ShouldBeTrue();
        memory.IsNew(Said.Word(1) with { Sequence = 3 }).ShouldBeTrue();
    }

    [Fact]
    public void Frame_OfAWireThatIsFarBehind_IsNoNewOne()
    {
        var memory = new CopyMemory();
        for (var number = 0; number < 16_000; number++)
        {
            memory.IsNew(Said.Word(number)).ShouldBeTrue();
        }

        memory.IsNew(Said.Word(0)).ShouldBeFalse();
    }
}
