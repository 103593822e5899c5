using System.Runtime.InteropServices;
using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Peers;

/// <summary>The knowledge of one group about one of its members.</summary>
internal sealed class PeerMember
{
    private Numbers _numbers;

    /// <summary>Its numbers, all zeros at first.</summary>
    public ref Numbers State => ref _numbers;

    public void Save(StateWriter state) => state.WriteBlock(MemoryMarshal.AsBytes(new ReadOnlySpan<Numbers>(in _numbers)));

    public void Load(ref StateReader state) => state.ReadBlock(ref _numbers);

    public struct Numbers
    {
        /// <summary>Its usual distance from the group's median.</summary>
        public WeightedLevel Own;

        /// <summary>The newest value.</summary>
        public double Value;

        /// <summary>The value that was compared last, and what was expected of it.</summary>
        public double Compared;
        public double Expected;

        /// <summary>Scales from what was expected, at the last comparison and at the one before.</summary>
        public double Last;
        public double Before;

        /// <summary>The round in which it was heard last; 0 for never.</summary>
        public long Round;

        /// <summary>Number of its samples in that round.</summary>
        public int Heard;

        /// <summary>Whether an alert about it is open, and its own distance is not learned.</summary>
        public bool IsHeld;

        /// <summary>Comparisons it took part in.</summary>
        public int Count;

        /// <summary>The last two comparisons agree on this.</summary>
        public readonly double Score =>
            Math.Sign(Last) != Math.Sign(Before) ? 0 : Math.CopySign(Math.Min(Math.Abs(Last), Math.Abs(Before)), Last);
    }
}
