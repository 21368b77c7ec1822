using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClusterRas.Mutants;

/// <summary>Walks a file and names every change that the operators below allow.</summary>
/// <remarks>Left out: attributes, constants of messages and texts, and whatever only logs (<c>outlet.Note</c>): they decide
/// nothing.</remarks>
internal sealed class MutationFinder(string file) : CSharpSyntaxWalker
{
    private static readonly Dictionary<SyntaxKind, string[]> Operators = new()
    {
        [SyntaxKind.LessThanExpression] = ["<="],
        [SyntaxKind.LessThanOrEqualExpression] = ["<"],
        [SyntaxKind.GreaterThanExpression] = [">="],
        [SyntaxKind.GreaterThanOrEqualExpression] = [">"],
        [SyntaxKind.EqualsExpression] = ["!="],
        [SyntaxKind.NotEqualsExpression] = ["=="],
        [SyntaxKind.LogicalAndExpression] = ["||"],
        [SyntaxKind.LogicalOrExpression] = ["&&"],
        [SyntaxKind.AddExpression] = ["-"],
        [SyntaxKind.SubtractExpression] = ["+"],
        [SyntaxKind.MultiplyExpression] = ["/"],
        [SyntaxKind.DivideExpression] = ["*"],
    };

    private readonly List<Mutation> found = [];

    public static IReadOnlyList<Mutation> Find(SyntaxTree tree, string file)
    {
        var finder = new MutationFinder(file);
        finder.Visit(tree.GetRoot());
        return finder.found;
    }

    public override void VisitAttributeList(AttributeListSyntax node) { }

    public override void VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        if (!OnlyTells(node))
        {
            base.VisitInvocationExpression(node);
        }
    }

    public override void VisitThrowStatement(ThrowStatementSyntax node) { }

    public override void VisitThrowExpression(ThrowExpressionSyntax node) { }

    public override void VisitInterpolatedStringExpression(InterpolatedStringExpressionSyntax node) { }

    public override void VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        if (node.Identifier.Text != nameof(ToString))
        {
            base.VisitMethodDeclaration(node);
        }
    }

    public override void VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        foreach (var other in Operators.GetValueOrDefault(node.Kind(), []))
        {
            Add(node, $"{node.Left} {other} {node.Right}");
        }

        if (node.IsKind(SyntaxKind.CoalesceExpression))
        {
            Add(node, $"({node.Right})");
        }

        base.VisitBinaryExpression(node);
    }

    public override void VisitPrefixUnaryExpression(PrefixUnaryExpressionSyntax node)
    {
        if (node.IsKind(SyntaxKind.LogicalNotExpression))
        {
            Add(node, $"({node.Operand})");
        }

        base.VisitPrefixUnaryExpression(node);
    }

    public override void VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        Add(node, $"({node.Condition} ? {node.WhenFalse} : {node.WhenTrue})");
        base.VisitConditionalExpression(node);
    }

    public override void VisitIfStatement(IfStatementSyntax node)
    {
        // A condition that is always so, or never: the guard forgotten.
        Add(node.Condition, $"(({node.Condition}) && bool.Parse(\"false\"))");
        Add(node.Condition, $"(({node.Condition}) || bool.Parse(\"true\"))");
        base.VisitIfStatement(node);
    }

    public override void VisitLiteralExpression(LiteralExpressionSyntax node)
    {
        switch (node.Kind())
        {
            case SyntaxKind.TrueLiteralExpression:
                Add(node, "false");
                break;
            case SyntaxKind.FalseLiteralExpression:
                Add(node, "true");
                break;
            case SyntaxKind.NumericLiteralExpression when node.Token.Value is int number:
                Add(node, (number + 1).ToString(CultureInfo.InvariantCulture));
                break;
            default:
                break;
        }
    }

    public override void VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        if (node.Expression is InvocationExpressionSyntax call && OnlyTells(call))
        {
            return;
        }

        Add(node, ";");
        base.VisitExpressionStatement(node);
    }

    public override void VisitReturnStatement(ReturnStatementSyntax node)
    {
        if (node.Expression is null)
        {
            Add(node, ";");
        }

        base.VisitReturnStatement(node);
    }

    public override void VisitContinueStatement(ContinueStatementSyntax node) => Add(node, "break;");

    public override void VisitBreakStatement(BreakStatementSyntax node)
    {
        if (node.Parent is not SwitchSectionSyntax)
        {
            Add(node, "continue;");
        }
    }

    private static bool OnlyTells(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "Note", Expression: var on }
        && on.ToString() == "outlet";

    private void Add(SyntaxNode node, string becomes) => found.Add(Mutation.Of(node, file, becomes));
}
