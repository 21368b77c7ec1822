using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ClusterRas.Mutants;

/// <summary>One small change of one source file, made by the syntax tree: what a slip of the hand would look like.</summary>
/// <param name="File">Relative to the room.</param>
/// <param name="Line">From 1.</param>
/// <param name="Place">What is replaced.</param>
/// <param name="Was">The text there.</param>
/// <param name="Becomes">The text in its place.</param>
/// <param name="Sentence">The whole line, so that a reader can judge without opening the file.</param>
internal sealed record Mutation(string File, int Line, TextSpan Place, string Was, string Becomes, string Sentence)
{
    /// <summary>Names it by what it is, not by where: it stays the same while other lines come and go.</summary>
    public string Name => $"{File}: {Sentence} => {OneLine(Was)} -> {OneLine(Becomes)}";

    public override string ToString() => $"{File}:{Line}: {OneLine(Was)} -> {OneLine(Becomes)}    in: {Sentence}";

    public static Mutation Of(SyntaxNode node, string file, string becomes)
    {
        var text = node.SyntaxTree.GetText();
        var line = text.Lines.GetLineFromPosition(node.SpanStart);
        return new Mutation(file, line.LineNumber + 1, node.Span, node.ToString(), becomes, line.ToString().Trim());
    }

    private static string OneLine(string text) =>
        text.Length == 0
            ? "nothing"
            : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
