namespace StoreFlow.Features.Privacy;

/// <summary>Where personal data are although the orders no longer have them.</summary>
internal static class OtherPlaces
{
    public const string Sentence =
        "Backups that were made before keep the data until they are removed: nightly ones after eight weeks, others when you delete them. "
        + "What web hooks, e-mails and downloads have carried elsewhere is not reached from here.";
}
