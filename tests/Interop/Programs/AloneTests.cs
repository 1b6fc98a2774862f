using System.Reflection;
using Xunit;

namespace B2D.Interop.Programs;

public sealed class AloneTests
{
    /// <summary>A class that is in the collection and lacks the trait would run beside other projects.</summary>
    [Fact]
    public void Classes_InTheCollection_HaveItsTrait()
    {
        var classes = typeof(AloneTests).Assembly.GetTypes()
            .Where(t => Has<CollectionAttribute>(t, Alone.Name) || Has<TraitAttribute>(t, Alone.Machine, Alone.Name)).ToList();
        Assert.NotEmpty(classes);
        Assert.All(classes, t => Assert.True(Has<CollectionAttribute>(t, Alone.Name) && Has<TraitAttribute>(t, Alone.Machine, Alone.Name), t.Name));
    }

    private static bool Has<T>(Type type, params string[] arguments) =>
        type.GetCustomAttributesData().Any(a => a.AttributeType == typeof(T) && a.ConstructorArguments.Select(c => c.Value).SequenceEqual(arguments));
}
