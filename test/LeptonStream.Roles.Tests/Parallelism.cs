// Fixtures that mostly wait, or work in the browser's processes, are marked Parallelizable and run first, so many at a time. The others
// follow one by one. Of those with a detector in this process only one is marked: a test of counts would count the other's too.
[assembly: LevelOfParallelism(2)]
