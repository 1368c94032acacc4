using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;


namespace StoreFlow.Features.LiveUpdates;

/// <summary>
/// SignalR's JSON protocol, but <c>after</c> of <c>SubscribeStore(store_id, after?)</c> is optional. SignalR itself needs as
/// many arguments as the method has parameters.
/// </summary>
public sealed class OptionalArguments(IOptions<JsonHubProtocolOptions> options) : IHubProtocol
{
    private readonly JsonHubProtocol _json = new(options);

    public string Name => _json.Name;
    public int Version => _json.Version;
    public TransferFormat TransferFormat => _json.TransferFormat;

    public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _json.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _json.WriteMessage(message, output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var again = input;
        if (!_json.TryParseMessage(ref input, binder, out message))
            return false;
        if (message is InvocationBindingFailureMessage { Target: nameof(LiveUpdatesHub.SubscribeStore) }
            && _json.TryParseMessage(ref again, new WithoutLast(binder), out var shorter)
            && shorter is InvocationMessage { Arguments: { } arguments } call)
            message = new InvocationMessage(call.InvocationId, call.Target, [.. arguments, null], call.StreamIds)
            {
                Headers = call.Headers,
            };
        return true;
    }

    private sealed class WithoutLast(IInvocationBinder binder) : IInvocationBinder
    {
        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [.. binder.GetParameterTypes(methodName).SkipLast(1)];

        public Type GetReturnType(string invocationId) => binder.GetReturnType(invocationId);

        public Type GetStreamItemType(string streamId) => binder.GetStreamItemType(streamId);
    }
}
