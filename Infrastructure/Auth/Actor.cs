using System.Security.Claims;

namespace StoreFlow.Infrastructure;

/// <summary>What a member of staff may do: a manager and staff work in the stores they are assigned to, an owner in all.</summary>
public enum Role
{
    Owner,
    Manager,
    Staff,
}

/// <summary>
/// Who is asking. Which stores that person works in is not kept here but looked up by each query
/// (<c>reachable_stores</c>), so a change of role or assignment holds at once.
/// </summary>
public sealed record Actor
{
    public long UserId { get; init; }
    public required string Name { get; init; }
    public Role Role { get; init; }
    public long MerchantId { get; init; }

    /// <summary>The API token in use; null in a session of the pages.</summary>
    public long? TokenId { get; init; }

    /// <summary>The SHA-256 of the session's id; null with an API token.</summary>
    public byte[]? Session { get; init; }

    /// <summary>The shared tablet that the person has taken over with a PIN; null where they signed in.</summary>
    public long? DeviceId { get; init; }

    /// <summary>The store of that tablet, in which alone a PIN works; null where the person signed in.</summary>
    public long? OnlyStore { get; init; }

    /// <summary>The person's number for a question about a store, or nobody's where they may not ask it here.</summary>
    public long IdIn(long store) => OnlyStore is null || OnlyStore == store ? UserId : 0;

    /// <summary>Whether the person manages stores: a manager or the owner, but not by a PIN.</summary>
    public bool Manages => Role is Role.Owner or Role.Manager && DeviceId is null;

    /// <summary>Whether the person manages all of the merchant: the owner, but not by a PIN.</summary>
    public bool ManagesMerchant => Manages && Role is Role.Owner;

    /// <summary>The authenticated caller behind a request, a hub connection or a page; null for anyone else.</summary>
    public static Actor? From(ClaimsPrincipal? user) => (user?.Identity as ActorIdentity)?.Actor;

    /// <summary>Lets an endpoint take the caller as a parameter.</summary>
    public static ValueTask<Actor?> BindAsync(HttpContext http) => ValueTask.FromResult(From(http.User));
}

/// <summary>The identity that carries an <see cref="Actor"/> through ASP.NET's authentication.</summary>
public sealed class ActorIdentity(Actor actor, string scheme, params IEnumerable<Claim> more) : ClaimsIdentity(
    [
        new(ClaimTypes.NameIdentifier, $"{actor.UserId}"),
        new(ClaimTypes.Name, actor.Name),
        new(ClaimTypes.Role, $"{actor.Role}"),
        .. more,
    ],
    scheme)
{
    public new Actor Actor { get; } = actor;
}
