using System.Reflection;
using System.Text.Json;
using Xunit;

namespace B2D.Storage.Tests.Places;

/// <summary>What every suite needs: stores in one place, and rows whose every column has a value of its own.</summary>
public abstract class Compliance<TPlace> : IDisposable
    where TPlace : Place, new()
{
    protected Compliance() => Stores = Place.Open();

    protected TPlace Place { get; } = new();

    protected Stores Stores { get; private set; }

    protected Database State => Stores.State;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Stores.Dispose();
        Place.Dispose();
    }

    protected T Write<T>(Func<Db, T> work) => Stores.State.Write(work);

    protected void Write(Action<Db> work) => Stores.State.Write(work);

    protected T Read<T>(Func<Db, T> work) => Stores.State.Read(work);

    /// <summary>Closes and opens again.</summary>
    protected void Reopen()
    {
        Stores.Dispose();
        Stores = Place.Open();
    }

    /// <summary>A row with a different value in each property, so that two columns that are mixed up show.</summary>
    protected static T Filled<T>(int seed = 1)
        where T : new()
    {
        var row = new T();
        var n = seed * 1000;
        foreach (var property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            n++;
            object value = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType switch
            {
                var t when t == typeof(string) => $"{property.Name}-{n}",
                var t when t == typeof(long) => (long)n,
                var t when t == typeof(int) => n,
                var t when t == typeof(double) => n + 0.5,
                var t when t == typeof(bool) => true,
                var t when t == typeof(byte[]) => BitConverter.GetBytes(n),
                var t when t.IsEnum => Enum.GetValues(t).GetValue(Enum.GetValues(t).Length - 1)!,
                var t => throw new NotSupportedException(t.Name),
            };
            property.SetValue(row, value);
        }
        return row;
    }

    /// <summary>Same values in every property.</summary>
    protected static void AssertSame<T>(T expected, T? actual) => Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
}
