using System.Diagnostics;

namespace StoreFlow.Tests;

/// <summary>PostgreSQL's programs as Debian installs them, run as a user whom they accept.</summary>
internal static class PostgresPrograms
{
    private static readonly string? Folder = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql")
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin")).FirstOrDefault(programs => File.Exists(Path.Combine(programs, "initdb")))
        : null;

    /// <summary>The path of a program. Skips the test where PostgreSQL is missing and not required.</summary>
    public static string PathOf(string program)
    {
        const string Missing = "PostgreSQL is not installed: apt install postgresql";
        var isRequired = Environment.GetEnvironmentVariable("STOREFLOW_POSTGRES") == "required";
        return Path.Combine(Folder ?? throw (isRequired ? new InvalidOperationException(Missing) : new SkipException(Missing)), program);
    }

    public static void CallAsOwner(string program, params string[] arguments)
    {
        var call = AsOwner(program, arguments);
        Call(call[0], call[1..]);
    }

    /// <summary>The command that runs a program: they refuse to run as root.</summary>
    public static string[] AsOwner(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", PathOf(program), .. arguments]
        : [PathOf(program), .. arguments];

    public static void Call(string program, params string[] arguments)
    {
        // The server that pg_ctl leaves behind must not hold the pipes of a reader.
        using var process = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments])
        {
            WorkingDirectory = "/",
        })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed ({process.ExitCode}).");
    }

    /// <summary>
    /// The server's program in an installation that lacks an extension. It looks for its files beside itself, and finds links to all
    /// others there.
    /// </summary>
    public static string ServerWithout(string extension, TestFolder folder)
    {
        var installed = PathOf("postgres");
        var version = Path.GetFileName(Path.GetFullPath(Path.Combine(installed, "..", "..")));
        var share = $"/usr/share/postgresql/{version}";
        var (ownLib, ownShare) = ($"{folder.Path}/lib/postgresql/{version}", $"{folder.Path}/share/postgresql/{version}");
        Directory.CreateDirectory($"{ownLib}/bin");
        Directory.CreateDirectory($"{ownShare}/extension");
        File.Copy(installed, $"{ownLib}/bin/postgres");
        File.CreateSymbolicLink($"{ownLib}/lib", Path.GetFullPath(Path.Combine(installed, "..", "..", "lib")));
        foreach (var entry in Directory.EnumerateFileSystemEntries(share).Concat(Directory.EnumerateFiles($"{share}/extension")))
            if (entry != $"{share}/extension" && entry != $"{share}/extension/{extension}.control")
                File.CreateSymbolicLink($"{ownShare}{entry[share.Length..]}", entry);
        // The owner of the server is another user than the one who runs the tests.
        Call("chmod", "o+rx", folder.Path);
        return $"{ownLib}/bin/postgres";
    }
}
