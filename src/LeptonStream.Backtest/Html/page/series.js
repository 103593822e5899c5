// Data that the page carries, by the id of its element.
const parsed = id => JSON.parse(document.getElementById(id).textContent);

// One series of the report: its summary at once, its columns when a chart wants to draw them.
const mostLanes = 4;

class Series {
    #columns = null;

    constructor(index, summary) {
        Object.assign(this, summary, { index });
        this.title = `${this.family}/${this.name}`;
        this.counted = this.events.filter(event => event.counts);
        this.missed = this.result ? this.counted.filter(event => event.delay === undefined).length : 0;
        this.alarms = this.result ? this.episodes : this.episodes.map(episode => ({ ...episode, hit: true }));
        this.falseAlarms = this.alarms.filter(episode => !episode.hit);
        // What a reader goes through one by one, in the order of time.
        this.findings = [
            ...this.events.map(event => ({ ...event, kind: !event.counts ? 'uncounted' : event.delay === undefined ? 'missed' : 'found' })),
            ...(this.result ? this.falseAlarms : this.alarms).map(episode => ({ ...episode, kind: this.result ? 'false' : 'alarm' })),
        ].sort((a, b) => a.first - b.first);
    }

    columns() {
        this.#columns ??= this.#unpack();
        return this.#columns;
    }

    async #unpack() {
        const packed = parsed(`series-${this.index}`);
        const time = await unpack(packed.waits, Float64Array);
        time[0] = this.start;
        for (let row = 1; row < time.length; row++) time[row] += time[row - 1];
        const score = await unpack(packed.score);
        const lanes = await Promise.all(
            packed.lanes.map(async lane => ({
                metric: lane.metric,
                value: await unpack(lane.value),
                expected: await unpack(lane.expected),
                lower: await unpack(lane.lower),
                upper: await unpack(lane.upper),
                score: lane.score ? await unpack(lane.score) : score,
            })),
        );
        return { time, score, lanes, step: this.step, gap: 8 * this.step };
    }

    // The numbers of an entity with dozens of metrics take megabytes; they can be unpacked again.
    forget() {
        if (this.metrics > mostLanes) this.#columns = null;
    }
}

async function unpack(text, Kind = Float32Array) {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Kind(await new Response(stream).arrayBuffer());
}

// The first row whose time is not before that one.
function rowAt(time, wanted) {
    let low = 0,
        high = time.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (time[middle] < wanted) low = middle + 1;
        else high = middle;
    }
    return low;
}

function nearestRow(time, wanted) {
    const after = Math.min(rowAt(time, wanted), time.length - 1);
    return after > 0 && wanted - time[after - 1] < time[after] - wanted ? after - 1 : after;
}
