// The chart that an event carries with it: points, expected value, band, and where the anomaly began.
import { el, put, svg } from './dom.js';
import { readColours, shadeSince, markForecast, markLimit, markOnset, markMissing } from './marks.js';
import { isCode } from './sections.js';
import { t, number, axisNumber, isShare, quantity, shown, span, unitText, axisClock, clock } from './text.js';

const valueSeries = 4;

// Seconds before and after a sample that stands alone.
const aroundOne = 30;

export class Chart {
    #plot = null;
    #spoken = 0;

    constructor(event) {
        this.unit = event.unit;
        this.isStepped = isCode(event);
        this.onset = Date.parse(event.onset);
        this.limit = event.earlyWarning ?? null;
        this.points = [...event.points]
            .sort((left, right) => left[0] - right[0])
            .map(([time, value, expected, lower, upper]) =>
                this.limit
                    ? // A band that follows the rise says nothing of the limit.
                      { time, value, expected: null, lower: null, upper: null, side: 0 }
                    : {
                          time,
                          value,
                          expected,
                          lower,
                          upper,
                          side: value === null ? 0 : upper !== null && value > upper ? 1 : lower !== null && value < lower ? -1 : 0,
                      },
            );
        this.forecast = forecastOf(this.limit, this.points);
        this.canvas = el('div', {
            class: 'plot',
            tabindex: '0',
            role: 'figure',
            'aria-label': this.#describe(),
            keydown: key => this.#onKey(key),
        });
        this.readout = el('p', { class: 'readout' });
        this.voice = el('p', { class: 'unseen', role: 'status' });
        this.element = el('div', { class: 'chart' }, this.#legend(), this.readout, this.canvas, this.voice);
        this.resizing = new ResizeObserver(() => this.#resize());
        this.scheme = matchMedia('(prefers-color-scheme: dark)');
        this.onScheme = () => {
            this.#draw();
        };
    }

    // Once the element is in the page and has a size.
    start() {
        this.#draw();
        this.resizing.observe(this.canvas);
        this.scheme.addEventListener('change', this.onScheme);
    }

    stop() {
        this.resizing.disconnect();
        this.scheme.removeEventListener('change', this.onScheme);
        this.#plot?.destroy();
    }

    table() {
        const side = { 1: 'point.above', '-1': 'point.below' };
        const columns = ['point.time', 'point.value', 'point.expected', 'point.lower', 'point.upper', 'point.band'];
        return el(
            'div',
            { class: 'points', tabindex: '0', role: 'region', 'aria-label': t('chart.table') },
            el(
                'table',
                {},
                el('thead', {}, el('tr', {}, ...columns.map(key => el('th', { scope: 'col' }, t(key))))),
                el(
                    'tbody',
                    {},
                    ...[...this.points]
                        .reverse()
                        .map(point =>
                            el(
                                'tr',
                                { class: point.side || point.value === null ? 'outside' : null },
                                el('th', { scope: 'row' }, clock(point.time)),
                                el('td', {}, point.value === null ? t('point.none') : number(shown(point.value, this.unit), 6)),
                                ...[point.expected, point.lower, point.upper].map(value =>
                                    el('td', {}, number(shown(value, this.unit), 6)),
                                ),
                                el('td', {}, point.side ? t(side[point.side]) : ''),
                            ),
                        ),
                ),
            ),
        );
    }

    #draw() {
        this.#plot?.destroy();
        const colours = readColours();
        const seconds = this.points.map(point => point.time / 1000);
        const column = key => this.points.map(point => point[key]);
        const line = { label: '', spanGaps: false, points: { show: false } };
        const outside = isPart => this.points.map(point => (point.side && isPart(point) ? point.value : null));
        const marks = { ...line, paths: () => null };
        // A code holds until another is reported: a slope would pass through codes that never were.
        const paths = this.isStepped ? uPlot.paths.stepped({ align: 1 }) : undefined;
        const [low, high] = rangeOf(this.points, this.limit?.limit);
        const until = this.forecast ? this.forecast.until / 1000 : null;
        const isOne = this.points.length === 1 && until === null;
        const length = isOne ? aroundOne * 2000 : (this.forecast?.until ?? this.points.at(-1)?.time) - this.points[0]?.time;
        const time = axisClock(length);
        const inPercent = isShare(high, this.unit) && isShare(low, this.unit);
        const heights = (splits, step) => {
            const write = axisNumber(inPercent ? Number((step * 100).toPrecision(6)) : step);
            return splits.map(value => (inPercent ? `${write(value * 100)}%` : write(value)));
        };
        const axis = { stroke: colours.muted, grid: { stroke: colours.grid, width: 1 }, ticks: { show: false }, font: colours.font };

        this.#plot = new uPlot(
            {
                ...this.#size(),
                legend: { show: false },
                cursor: {
                    drag: { x: false, y: false },
                    y: false,
                    points: {
                        size: (plot, series) => (series === valueSeries ? 9 : 0),
                        fill: colours.value,
                        stroke: colours.panel,
                        width: 2,
                    },
                },
                scales: {
                    x: {
                        time: true,
                        // Around a single sample uPlot itself would show a day.
                        range: (plot, from, to) =>
                            until !== null
                                ? [from, until]
                                : isOne
                                  ? [seconds[0] - aroundOne, seconds[0] + aroundOne]
                                  : [from, to + (to - from) * 0.01],
                    },
                    y: { range: () => [low, high] },
                },
                axes: [
                    { ...axis, space: 90, size: 28, values: (plot, splits) => once(splits.map(at => time(at * 1000))) },
                    {
                        ...axis,
                        size: (plot, values) => 14 + 7.5 * Math.max(3, ...(values ?? []).map(text => text.length)),
                        values: (plot, splits, index, space, step) => heights(splits, step),
                    },
                ],
                series: [
                    {},
                    { ...line, stroke: colours.bandEdge, width: 1 },
                    { ...line, stroke: colours.bandEdge, width: 1 },
                    { ...line, stroke: colours.expected, width: 1.5, dash: [6, 5] },
                    { ...line, paths, stroke: colours.value, width: 2, points: { size: 4, fill: colours.value, stroke: colours.value } },
                    { ...marks, points: { show: true, size: 6, fill: colours.panel, stroke: colours.anomaly, width: 1.5 } },
                    { ...marks, points: { show: true, size: 9, fill: colours.anomaly, stroke: colours.panel, width: 1 } },
                ],
                bands: [{ series: [2, 1], fill: colours.band }],
                hooks: {
                    drawClear: [
                        plot => {
                            if (!this.limit) shadeSince(plot, this.onset / 1000, colours);
                        },
                    ],
                    draw: [
                        plot => {
                            markOnset(plot, this.onset / 1000, colours);
                            markMissing(plot, this.points, colours);
                            if (this.forecast) markForecast(plot, this.forecast, this.limit.limit, colours);
                            if (this.limit) markLimit(plot, this.limit.limit, colours);
                        },
                    ],
                    setCursor: [plot => this.#read(plot.cursor.idx)],
                },
            },
            [
                seconds,
                column('lower'),
                column('upper'),
                column('expected'),
                column('value'),
                outside(point => point.time < this.onset),
                outside(point => !(point.time < this.onset)),
            ],
            this.canvas,
        );
        this.#read(null);
    }

    #size() {
        const { width, height } = this.canvas.getBoundingClientRect();
        return { width: Math.max(200, Math.floor(width)), height: Math.max(160, Math.floor(height)) };
    }

    #resize() {
        const { width, height } = this.#size();
        if (this.#plot && (this.#plot.width !== width || this.#plot.height !== height)) this.#plot.setSize({ width, height });
    }

    #read(index) {
        const point = this.points[index ?? this.points.length - 1];
        put(this.readout, ...(point ? this.#partsOf(point).map(([key, text]) => el('span', { class: key }, text)) : []));
    }

    #partsOf(point) {
        const parts = [
            ['at', clock(point.time)],
            ['seen', point.value === null ? t('point.none') : quantity(point.value, this.unit)],
        ];
        if (point.expected !== null) parts.push(['wanted', t('chart.expected', { value: quantity(point.expected, this.unit) })]);
        if (point.lower !== null && point.upper !== null) parts.push(['range', span(point.lower, point.upper, this.unit)]);
        if (point.side) parts.push(['side', t(point.side > 0 ? 'point.above' : 'point.below')]);
        return parts;
    }

    #onKey(key) {
        const last = this.points.length - 1;
        const from = this.#plot?.cursor.idx ?? last;
        const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[key.key];
        if (to === undefined || last < 0) return;
        key.preventDefault();
        const index = Math.min(Math.max(to, 0), last);
        const left = this.#plot.valToPos(this.points[index].time / 1000, 'x');
        this.#plot.setCursor({ left, top: this.#plot.over.clientHeight / 2 });
        clearTimeout(this.#spoken);
        this.#spoken = setTimeout(() => {
            this.voice.textContent = this.#partsOf(this.points[index])
                .map(([, text]) => text)
                .join(', ');
        }, 250);
    }

    #describe() {
        const outside = this.points.filter(point => point.side).length;
        if (this.limit)
            return t('chart.describe.limit', {
                points: this.points.length,
                limit: quantity(this.limit.limit, this.unit),
                onset: clock(this.onset),
            });
        return t('chart.describe', { points: this.points.length, outside, onset: clock(this.onset) });
    }

    // Whether any point of the chart says this of itself: the legend names nothing that isn't drawn.
    #has(part) {
        return this.points.some(point => Number.isFinite(point[part]));
    }

    #legend() {
        const key = (kind, label, ...marks) =>
            el('li', { class: kind }, svg('svg', { viewBox: '0 0 24 12', 'aria-hidden': 'true' }, ...marks), label);
        return el(
            'ul',
            { class: 'legend' },
            key('value', t('legend.value') + (unitText(this.unit) ? ` (${unitText(this.unit)})` : ''), svg('path', { d: 'M1 6H23' })),
            this.limit && key('limit', t('legend.limit'), svg('path', { d: 'M1 6H23' })),
            this.forecast && key('forecast', t('legend.forecast'), svg('path', { class: 'cone', d: 'M1 11 23 1V9z' })),
            this.#has('expected') && key('expected', t('legend.expected'), svg('path', { d: 'M1 6H23' })),
            this.#has('upper') && key('band', t('legend.band'), svg('rect', { x: 1, y: 1, width: 22, height: 10 })),
            this.#has('upper') && key('anomaly', t('legend.anomaly'), svg('circle', { cx: 12, cy: 6, r: 4.5 })),
            this.points.some(point => point.value === null) &&
                key('missing', t('legend.missing'), svg('path', { d: 'M8 2 16 10M16 2 8 10' })),
            key('onset', t('legend.onset'), svg('path', { d: 'M12 0V12' })),
        );
    }
}

// Each text once: an axis of a few seconds has several places in each.
const once = texts => texts.map((text, place) => (text === texts[place - 1] ? '' : text));

// From the newest value to the limit, earliest and latest; null where nothing is expected. What lies farther ahead than the
// chart is long is cut off.
function forecastOf(warning, points) {
    const newest = points.findLast(point => point.value !== null);
    const [at, earliest, latest] = ['expectedBreachAt', 'earliest', 'latest'].map(key => Date.parse(warning?.[key]));
    if (!newest || !Number.isFinite(at) || at <= newest.time) return null;
    const length = Math.max(newest.time - points[0].time, 60_000);
    return {
        from: newest.time,
        value: newest.value,
        at,
        earliest,
        latest,
        until: Math.min(latest + (latest - newest.time) * 0.03, newest.time + length),
    };
}

// All values must be seen, and the limit; a band far wider than they are must not flatten them. Of values that stand still it is seen
// whole, or it would fill the chart.
function rangeOf(points, limit) {
    const seen = [...points.flatMap(point => [point.value, point.expected]), limit ?? null].filter(value => value !== null);
    const edges = points.flatMap(point => [point.lower, point.upper]).filter(value => value !== null);
    if (seen.length === 0 && edges.length === 0) return [0, 1];
    let low = Math.min(...(seen.length ? seen : edges));
    let high = Math.max(...(seen.length ? seen : edges));
    const stands = new Set(points.map(point => point.value)).size === 1;
    const room = high > low && !stands ? high - low : Infinity;
    if (edges.length > 0) {
        low = Math.max(Math.min(low, ...edges), low - room);
        high = Math.min(Math.max(high, ...edges), high + room);
    }
    const margin = (high > low ? high - low : Math.abs(high) || 1) * 0.06;
    return [low - margin, high + margin];
}
