using System.Text;

namespace ClusterRas.Fabric.Tests;

public class TopologyFileFuzz
{
    // Words that a mutation may put in, so that it gets past the JSON reader now and then.
    private static readonly string[] Words =
    [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "//",
        "/*",
        "\\u",
        "\\ud83d",
        "null",
        "1e9",
        "-1",
        "16777215",
        "99999999999",
        "\"id\":0",
        "\"nodes\":[]",
        "::",
        "\n",
        "ü",
    ];

    [Fact]
    public void Bytes_MutatedAtRandom_AreReadOrRefusedAndNeverThrow()
    {
        var seed = Dice.FreshSeed();
        var dice = new Dice(seed);
        var accepted = 0;
        for (var round = 0; round < 3000; round++)
        {
            var text = Encoding.UTF8.GetBytes(TopologyFile.Write(RandomTopology.Make(dice))).ToList();
            for (var edits = 1 + dice.Below(4); edits > 0 && text.Count > 0; edits--)
            {
                Mutate(text, dice);
            }

            byte[] bytes = [.. text];
            try
            {
                accepted += Check(bytes) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed} round {round}: {Convert.ToHexString(bytes)}", e);
            }
        }

        // A fuzz whose every text is refused at the first byte tests nothing.
        accepted.ShouldBeGreaterThan(30, $"seed {seed}");
    }

    private static void Mutate(List<byte> text, Dice dice)
    {
        var place = dice.Below(text.Count);
        switch (dice.Below(6))
        {
            case 0:
                text[place] = (byte)dice.Next();
                break;
            case 1:
                text[place] ^= (byte)(1 << dice.Below(8));
                break;
            case 2:
                text.RemoveRange(place, Math.Min(1 + dice.Below(40), text.Count - place));
                break;
            case 3:
                text.InsertRange(place, text.GetRange(place, Math.Min(1 + dice.Below(200), text.Count - place)));
                break;
            case 4:
                text.InsertRange(place, Encoding.UTF8.GetBytes(Words[dice.Below(Words.Length)]));
                break;
            default:
                text[place] = (byte)('0' + dice.Below(10));
                break;
        }
    }

    private static bool Check(byte[] bytes)
    {
        var options = new TopologyReadOptions { NodeCountMax = 32 };
        switch (TopologyFile.Read(bytes, "t.json", options))
        {
            case TopologyReading.Accepted { Topology: var map }:
                map.Nodes.ShouldNotBeEmpty();
                map.Nodes.All(n => n.Dies.Length == map.DieCount && map.FindNode(n.Name) == n).ShouldBeTrue();
                map.Nodes.SelectMany(n => n.Dies).All(d => d.Eid != Eid.None && d.Grpc.Port > 0).ShouldBeTrue();
                map.ControlGroup.Length.ShouldBeOneOf(1, 3, 5);
                var again = TopologyFile.Read(TopologyFile.Write(map), "t", options);
                again.ShouldBeOfType<TopologyReading.Accepted>().Topology.ShouldBe(map);
                return true;

            case TopologyReading.Refused { Problems: var problems }:
                problems.ShouldNotBeEmpty();
                var lines = bytes.Count(b => b == '\n') + 1;
                problems.All(p => p.Line >= 1 && p.Line <= lines && p.Column >= 1).ShouldBeTrue();
                problems.All(p => !p.ToString().Any(char.IsControl)).ShouldBeTrue();
                return false;

            default:
                throw new InvalidOperationException("neither accepted nor refused");
        }
    }
}
