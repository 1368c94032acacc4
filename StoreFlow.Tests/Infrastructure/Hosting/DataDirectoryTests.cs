using System.Diagnostics;
using System.Runtime.Versioning;
using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Features.ShopFiles;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>
/// Where the data is: named at the start, never guessed outside Development, and closed to other users of the machine.
/// </summary>
[Trait("Engine", "Sqlite")]
public sealed class DataDirectoryTests : IDisposable
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestFolder _folder = new();

    private string Data => Path.Combine(_folder.Path, "data");

    [Fact]
    public async Task Outside_Development_a_data_directory_has_to_be_set()
    {
        var before = Directory.GetFileSystemEntries(AppContext.BaseDirectory);
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production", Unset);
        Assert.Equal(1, await server.Exit());
        Assert.Contains(Sentence, server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);

        string[][] commands =
        [
            ["import", _folder.Write("shop.json", ShopFileTexts.Good)],
            ["token", "list", "--user", "a@b.example"],
            ["verify"],
            ["backup", "x.db"],
        ];
        foreach (var command in commands)
        {
            var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, Unset, command);
            Assert.Equal(1, exit);
            Assert.Contains(Sentence, error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }
        Assert.Equal(before, Directory.GetFileSystemEntries(AppContext.BaseDirectory));
    }

    [Theory]
    [InlineData("--StoreFlow:DataDirectory={0}")]
    [InlineData("--StoreFlow:DataDirectory", "{0}")]
    public async Task It_is_set_by_an_argument_as_well(params string[] setting)
    {
        var arguments = setting
            .Select(argument => string.Format(System.Globalization.CultureInfo.InvariantCulture, argument, Data))
            .ToArray();
        var (exit, _, error) = await StoreFlowProcess.Run(
            _folder.Path, Unset, ["import", _folder.Write("shop.json", ShopFileTexts.Good), .. arguments]);
        Assert.Equal((0, ""), (exit, error));
        Assert.True(File.Exists(Path.Combine(Data, "storeflow.db")));

        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production", start =>
        {
            Unset(start);
            foreach (var argument in arguments)
                start.ArgumentList.Add(argument);
        });
        Assert.Equal(200, (await (await server.As(null)).Get("/stores/1/catalogue")).Status);
    }

    [Fact]
    public async Task A_start_says_where_it_listens_where_the_board_is_and_where_the_data_is_and_nothing_of_a_demo()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        var address = (await server.Address).ToString().TrimEnd('/');
        var sentence = $"StoreFlow listens on {address}. The board is at {address}/dashboard. The data is in {_folder.Path}.";
        await Eventually.Holds(() => server.Said.Contains(sentence, StringComparison.Ordinal), "The start does not say where it is.");
        Assert.DoesNotContain("demo", server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_start_warns_of_nothing()
    {
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "import", _folder.Write("shop.json", ShopFileTexts.Good))).Exit);
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        await (await server.As(null)).GetStringAsync("/login");
        if (!TestDatabase.IsPostgres)
            Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(_folder.Path, "keys")));
        Assert.DoesNotContain("warn:", server.Said, StringComparison.Ordinal);
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Other_users_of_the_machine_read_none_of_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "Rights of this kind are not known there.");
        Assert.Equal(0, (await StoreFlowProcess.Run(Data, WithoutUmask, "import", _folder.Write("shop.json", ShopFileTexts.Good))).Exit);
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(Path.Combine(Data, "storeflow.db")));
        await HasNoOtherReaders();
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_directory_of_an_earlier_version_is_closed_to_others_at_the_next_start()
    {
        Skip.If(OperatingSystem.IsWindows(), "Rights of this kind are not known there.");
        Assert.Equal(0, (await StoreFlowProcess.Run(Data, "import", _folder.Write("shop.json", ShopFileTexts.Good))).Exit);
        Directory.CreateDirectory(Path.Combine(Data, "keys"));
        foreach (var folder in new[] { Data, Path.Combine(Data, "keys") })
            File.SetUnixFileMode(folder, OnlyOwner | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        foreach (var file in Directory.EnumerateFiles(Data))
            File.SetUnixFileMode(file, OnlyOwner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await HasNoOtherReaders();
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_directory_that_others_keep_files_in_stays_open_to_them()
    {
        Skip.If(OperatingSystem.IsWindows(), "Rights of this kind are not known there.");
        const UnixFileMode open = OnlyOwner | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_folder.Path, open);
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "import", _folder.Write("shop.json", ShopFileTexts.Good))).Exit);
        Assert.Equal(open, File.GetUnixFileMode(_folder.Path));
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(_folder.Database));
    }

    [Fact]
    public async Task A_lock_that_somebody_else_holds_is_not_blamed_on_a_process_that_has_ended()
    {
        using var ended = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        await ended.WaitForExitAsync();
        _folder.Write("storeflow.pid", $"{ended.Id}");
        using var held = new FileStream(
            Path.Combine(_folder.Path, "storeflow.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");

        Assert.Equal(1, await server.Exit());
        Assert.Contains(
            $"Another process holds {_folder.Path}{Path.DirectorySeparatorChar}storeflow.lock.", server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain($"{ended.Id}", server.Said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_start_on_a_full_disk_says_what_to_do_before_the_next_one()
    {
        var disk = new SmallDisk(_folder);
        Skip.IfNot(disk.Works, "Needs a mount namespace of its own (unshare -rm), for a disk that is really small.");
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production", disk.UnderFull);
        await Refuses(server, "The disk that holds the orders is full. Make room, then start StoreFlow again.");
    }

    [SkippableFact]
    public async Task A_start_on_a_disk_that_cannot_be_written_says_what_to_do_before_the_next_one()
    {
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, "import", _folder.Write("shop.json", ShopFileTexts.Good))).Exit);
        var disk = new BadDisk(_folder);
        var circumstances = disk.Under();
        disk.Fail("write 30", "open 30");
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production", circumstances);
        await Refuses(server, "cannot be written. Give the server write access, or mount the disk writable, then start StoreFlow again.");
    }

    private static async Task Refuses(StoreFlowProcess server, string why)
    {
        Assert.Equal(1, await server.Exit());
        Assert.Contains(why, server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("by themselves", server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);
    }

    private const string Sentence =
        "StoreFlow does not know where to keep its data. "
        + "Set the folder by the environment variable StoreFlow__DataDirectory=/srv/storeflow "
        + "or the argument --StoreFlow:DataDirectory=/srv/storeflow.";

    /// <summary>Serves from the directory, and checks the rights of everything in it.</summary>
    [UnsupportedOSPlatform("windows")]
    private async Task HasNoOtherReaders()
    {
        await using var server = StoreFlowProcess.Serve(Data, "Production", WithoutUmask);
        var customer = await server.As(null);
        Assert.Equal(201, (await customer.Post("/checkout", Scenarios.CheckoutBody())).Status);
        await customer.GetStringAsync("/login");
        var files = Directory.GetFiles(Data, "*", SearchOption.AllDirectories);
        foreach (var name in new[] { "storeflow.db", "storeflow.db-wal", "storeflow.lock", "storeflow.pid", "key-" })
            Assert.Contains(files, file => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal));
        Assert.All(files, file => Assert.Equal((file, OnlyOwner), (file, File.GetUnixFileMode(file))));
        Assert.All([Data, Path.Combine(Data, "keys")], folder =>
            Assert.Equal((folder, OnlyOwner | UnixFileMode.UserExecute), (folder, File.GetUnixFileMode(folder))));
    }

    private static void Unset(ProcessStartInfo start) => start.Environment.Remove("StoreFlow__DataDirectory");

    private static void WithoutUmask(ProcessStartInfo start)
    {
        string[] command = [start.FileName, .. start.ArgumentList];
        start.FileName = "sh";
        start.ArgumentList.Clear();
        foreach (var argument in new[] { "-c", "umask 000 && exec \"$0\" \"$@\"" }.Concat(command))
            start.ArgumentList.Add(argument);
    }

    public void Dispose() => _folder.Dispose();
}
