using System.Reflection;

namespace StoreFlow.Infrastructure;

/// <summary>The number of this release, as <c>Directory.Build.props</c> has it.</summary>
public static class ProductVersion
{
    public static string Number { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
