// Tests that mostly wait (for sessions of killed workers, silence, restarts) are marked Parallelizable and run first, so many at a time.
// The others follow one by one.
[assembly: LevelOfParallelism(2)]
