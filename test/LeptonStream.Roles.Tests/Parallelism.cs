// Fixtures that mostly wait, or work in the browser's processes, are marked Parallelizable and run first, so many at a time. The others,
// which compute, follow one by one.
[assembly: LevelOfParallelism(2)]
