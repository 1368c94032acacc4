using static StoreFlow.Tests.Faults.SyncJournal;

namespace StoreFlow.Tests.Faults;

/// <summary>One file as a disk without mercy has it: what was synced is there, and of what was not, at most some.</summary>
/// <param name="bytes">What it holds to begin with, synced.</param>
internal sealed class DiskFile(byte[] bytes)
{
    private readonly List<Deed> _unsynced = [];
    private byte[] _bytes = bytes;
    private int _length = bytes.Length;

    public void Do(Deed deed)
    {
        switch (deed.Kind)
        {
            case Kind.Write or Kind.Truncate:
                _unsynced.Add(deed);
                break;
            case Kind.Sync:
                foreach (var waiting in _unsynced)
                    Apply(waiting);
                _unsynced.Clear();
                break;
            case Kind.Unlink:
                _unsynced.Clear();
                _length = 0;
                break;
        }
    }

    /// <summary>The bytes that no power cut can take away.</summary>
    public ReadOnlySpan<byte> Synced => _bytes.AsSpan(0, _length);

    /// <summary>The file after a power cut now: what was synced, with some of the writes that were not, as the disk pleased.</summary>
    public byte[] AfterPowerCut(Random? luck)
    {
        var after = new DiskFile(Synced.ToArray());
        foreach (var write in _unsynced)
            if (luck?.Next(2) == 0)
                after.Apply(write);
        return after.Synced.ToArray();
    }

    private void Apply(Deed deed)
    {
        var end = (int)deed.Offset + deed.Data.Length;
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
        if (deed.Kind is Kind.Truncate)
        {
            if (end < _length)
                _bytes.AsSpan(end, _length - end).Clear();
            _length = end;
            return;
        }
        deed.Data.CopyTo(_bytes, deed.Offset);
        _length = Math.Max(_length, end);
    }
}
