using CsCheck;

namespace StoreFlow.Tests.Faults.Fuzzing;

/// <summary>The generator library's own combinators, without the overloads that the compiler cannot tell apart.</summary>
internal static class Gens
{
    public static Gen<T> Just<T>(T value) => Gen.Const(() => value);

    public static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>One of these, each as often as its weight says.</summary>
    public static Gen<T> Mostly<T>(params (int Weight, Gen<T> Gen)[] choices) =>
        Gen.Frequency([.. choices.Select(choice => (choice.Weight, (IGen<T>)choice.Gen))]);
}
