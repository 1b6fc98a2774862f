global using Xunit;

// The transport of Linux is tested where it runs.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
