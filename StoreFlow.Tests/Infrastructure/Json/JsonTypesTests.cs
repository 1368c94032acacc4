using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StoreFlow.Features.Setup;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Infrastructure;

public sealed class JsonTypesTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public void Every_body_and_answer_of_the_orders_routes_is_described_at_compile_time()
    {
        var endpoints = app.Started().Services.GetRequiredService<EndpointDataSource>().Endpoints;
        var types = endpoints
            .SelectMany(endpoint => endpoint.Metadata.OfType<IAcceptsMetadata>().Select(body => body.RequestType)
                .Concat(endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(answer => answer.Type)))
            .Where(type => type?.Namespace?.StartsWith("StoreFlow.Features", StringComparison.Ordinal) is true)
            .Where(type => type!.Name != "Problem") // which only describes one
            .Distinct()
            .ToList();
        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.NotNull(FeatureTypes.Json.GetTypeInfo(type!, Json.Answers)));
    }
}
