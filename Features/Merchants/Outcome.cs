using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Merchants;

/// <summary>What came of a change: the thing as it now is, or why it was refused.</summary>
public abstract record Outcome<T> where T : class
{
    public sealed record Done(T Value) : Outcome<T>;

    public sealed record Refused(Refusal Why) : Outcome<T>;

    public static implicit operator Outcome<T>(T value) => new Done(value);

    public static implicit operator Outcome<T>(Refusal refusal) => new Refused(refusal);

    /// <summary>Why it was refused; null where it is done.</summary>
    public Refusal? Refusal => (this as Refused)?.Why;

    /// <summary>The answer to a change of what is there.</summary>
    public Results<Ok<T>, ProblemHttpResult> ToOk() =>
        this is Done done ? TypedResults.Ok(done.Value) : ((Refused)this).Why.ToHttp();

    /// <summary>The answer where something was made.</summary>
    /// <param name="location">Where it is, given what was made.</param>
    public Results<Created<T>, ProblemHttpResult> ToCreated(Func<T, string> location) =>
        this is Done done ? TypedResults.Created(location(done.Value), done.Value) : ((Refused)this).Why.ToHttp();
}
