using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using StoreFlow.Features.VerifyOrders;
using StoreFlow.Infrastructure;
using Xunit.Abstractions;
using static StoreFlow.Tests.Faults.SyncJournal;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// Power cuts: for each answer, the product opens the files as the disk certainly had them when the answer was sent. The
/// server runs with a library that records its writes, its syncs and its answers in order.
/// </summary>
public sealed partial class PowerLossTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Every_answer_was_synced_before_it_was_sent_and_no_cut_loses_it_or_uses_a_sequence_twice()
    {
        using var folder = new TestFolder();
        var library = SyncJournal.Build(folder.Path);
        Skip.If(
            library is null && Environment.GetEnvironmentVariable("STOREFLOW_COMPILER") != "required",
            "There is no C compiler (cc) to build the recording library with.");
        Assert.NotNull(library);
        var journal = Path.Combine(folder.Path, "journal");
        var (acknowledged, made) = await WriteALot(library, journal);

        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var (random, cuts, checkpointed) = (new Random(seed), 0, 0);
        var (file, wal) = (new DiskFile(made), new DiskFile([]));
        var (sent, latest) = (new List<(string PublicId, long Version)>(), new Dictionary<string, long>());
        foreach (var deed in SyncJournal.Read(journal))
        {
            if (deed.Kind is not Kind.Answer)
            {
                if (deed.Kind is Kind.Write && !deed.OnWal && wal.Synced.Length > 0)
                {
                    Assert.True(
                        IsSynced(deed, wal.Synced),
                        $"A checkpoint wrote page {deed.Offset / deed.Data.Length + 1} into the file " +
                            "before the WAL that holds it was synced.");
                    checkpointed++;
                }
                (deed.OnWal ? wal : file).Do(deed);
                continue;
            }
            if (Answered().Match(Encoding.UTF8.GetString(deed.Data)) is not { Success: true } answer)
                continue;
            var publicId = answer.Groups[1].Value;
            var version = long.Parse(answer.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture);
            sent.Add((publicId, version));
            latest[publicId] = Math.Max(version, latest.GetValueOrDefault(publicId));
            if (random.Next(acknowledged.Count) >= Effort.Of(15, 300))
                continue;
            CutNow(luck: null);
            CutNow(random);
            cuts += 2;
        }

        Assert.Equal(acknowledged.Order(), sent.Order());
        Assert.True(cuts > 5 && checkpointed > 20, $"{cuts} cuts, {checkpointed} pages checkpointed: too little happened.");
        output.WriteLine($"{sent.Count} answers, {cuts} power cuts, none lost; {checkpointed} pages checkpointed, each synced before.");

        void CutNow(Random? luck)
        {
            using var after = new TestFolder();
            File.WriteAllBytes(after.Database, file.AfterPowerCut(luck));
            File.WriteAllBytes($"{after.Database}-wal", wal.AfterPowerCut(luck));
            using (var db = SqliteDatabase.Open(after.Database))
            {
                var found = db.Query<(string, long)>("SELECT public_id, version FROM orders").ToDictionary();
                Assert.All(latest, order => Assert.True(
                    found.GetValueOrDefault(order.Key) >= order.Value, $"{order.Key} lost version {order.Value}."));
            }
            Assert.Empty(DatabaseFile.Read(after.Database, Verification.Run).Shown);
        }
    }

    /// <summary>
    /// Runs a server under the library until a checkpoint was made, and then stops it. Answers what it acknowledged, and the file
    /// that it began with.
    /// </summary>
    private static async Task<(List<(string PublicId, long Version)> Acknowledged, byte[] Made)> WriteALot(string library, string journal)
    {
        await using var server = new RestartableServer();
        await using var crowd = new Crowd(() => server.Address, seed: 1);
        // The file is made under another name and moved when it is complete, so the record begins with the next start.
        server.Start();
        await server.Listening();
        server.Process.Terminate();
        Assert.Equal(0, await server.Process.Exit());
        await server.Process.DisposeAsync();
        var made = File.ReadAllBytes(server.File);
        server.Start(("LD_PRELOAD", library), ("STOREFLOW_JOURNAL", journal));
        await server.Listening();
        var before = File.GetLastWriteTimeUtc(server.File);
        crowd.Start(writers: 8);
        await Eventually.Holds(() => crowd.Ledger.Acknowledged >= 4000
            || (crowd.Ledger.Acknowledged >= 300 && File.GetLastWriteTimeUtc(server.File) != before), "The crowd got too few answers.");
        await crowd.Finish();
        server.Process.Terminate();
        Assert.Equal(0, await server.Process.Exit());
        crowd.Ledger.Check(server.File);
        return ([.. crowd.Ledger.Steps], made);
    }

    /// <summary>Whether the synced part of the WAL has what is written into the file, as a frame of the same page.</summary>
    private static bool IsSynced(Deed write, ReadOnlySpan<byte> wal)
    {
        var (size, page) = (write.Data.Length, (write.Offset / write.Data.Length) + 1);
        for (var frame = 32; frame + 24 + size <= wal.Length; frame += 24 + size)
            if (BinaryPrimitives.ReadUInt32BigEndian(wal[frame..]) == page && wal.Slice(frame + 24, size).SequenceEqual(write.Data))
                return true;
        return false;
    }

    /// <summary>An order in an answer to a checkout or a step. A list has several orders and begins differently.</summary>
    [GeneratedRegex(
        @"^HTTP/1\.1 20[01] (?s:.*?)\r\n\r\n(?:[0-9a-f]+\r\n)?\{(?:""id"":\d+,)?" +
        @"""public_id"":""(\w{26})"".*?""version"":(\d+)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Answered();
}
