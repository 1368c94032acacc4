using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace StoreFlow.Features.SignIn;

/// <summary>
/// Browsers on which somebody has signed in before. A signed cookie names the browser and its people, so that a
/// stranger's guesses at their passwords do not make them wait ("device cookies", as OWASP describes them).
/// </summary>
public sealed class KnownDevices(IDataProtectionProvider protection)
{
    private const string Cookie = "storeflow-device";
    private const int MostPeople = 30; // the cookie stays under 2 KB
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    private readonly IDataProtector _protector = protection.CreateProtector("StoreFlow.KnownDevice");

    /// <summary>The browser's id, where the person with this e-mail address has signed in on it; null elsewhere.</summary>
    public string? Find(HttpRequest request, string email) =>
        Read(request) is [var device, .. var people] && people.Contains(Person(email)) ? device : null;

    /// <summary>Adds the person to the browser's cookie.</summary>
    public void Remember(HttpContext http, string email)
    {
        var (device, people) = Read(http.Request) is [var known, .. var others] ? (known, others) : ($"{Guid.NewGuid():N}", []);
        var person = Person(email);
        var content = string.Join(' ', [device, person, .. people.Where(other => other != person).Take(MostPeople - 1)]);
        http.Response.Cookies.Append(Cookie, _protector.Protect(content), new()
        {
            Path = "/login",
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            MaxAge = Kept,
        });
    }

    /// <summary>The browser's id and its people.</summary>
    private string[]? Read(HttpRequest request)
    {
        try
        {
            return request.Cookies[Cookie] is { } cookie ? _protector.Unprotect(cookie).Split(' ') : null;
        }
        catch (CryptographicException)
        {
            return null; // somebody's own invention, or made with keys that are gone
        }
    }

    private static string Person(string email) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(email.ToLowerInvariant())), 0, 8);
}
