namespace LeptonStream;
#pragma warning disable
public static class O { public static double G(string n,double d)=> double.TryParse(System.Environment.GetEnvironmentVariable(n), System.Globalization.CultureInfo.InvariantCulture, out var v)?v:d; }
