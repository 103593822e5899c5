// What the chart draws beside its lines, and the colours of the page: the limit, its forecast, the onset, samples without a number.
const anomalyWidth = 4;

export function readColours() {
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(`--${name}`).trim();
    return {
        value: colour('chart-value'),
        expected: colour('chart-expected'),
        band: colour('chart-band'),
        bandEdge: colour('chart-band-edge'),
        anomaly: colour('chart-anomaly'),
        since: colour('chart-since'),
        onset: colour('chart-onset'),
        grid: colour('chart-grid'),
        muted: colour('muted'),
        panel: colour('panel'),
        font: `12px ${getComputedStyle(document.body).fontFamily}`,
    };
}

export function shadeSince(plot, onset, colours) {
    const { ctx, bbox } = plot;
    const left = Math.max(bbox.left, plot.valToPos(onset, 'x', true));
    const right = bbox.left + bbox.width;
    if (!(left < right)) return;
    ctx.save();
    ctx.fillStyle = colours.since;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.restore();
}

// The cone from the newest value to where the limit is reached, and the likely way in it.
export function markForecast(plot, forecast, limit, colours) {
    const { ctx, bbox } = plot;
    const point = (time, value) => [plot.valToPos(time / 1000, 'x', true), plot.valToPos(value, 'y', true)];
    const from = point(forecast.from, forecast.value);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = colours.band;
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...point(forecast.earliest, limit));
    ctx.lineTo(...point(forecast.latest, limit));
    ctx.fill();
    ctx.strokeStyle = colours.expected;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 5 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...point(forecast.at, limit));
    ctx.stroke();
    ctx.restore();
}

export function markLimit(plot, limit, colours) {
    const { ctx, bbox } = plot;
    const y = Math.round(plot.valToPos(limit, 'y', true));
    ctx.save();
    ctx.strokeStyle = colours.anomaly;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
}

export function markOnset(plot, onset, colours) {
    const { ctx, bbox } = plot;
    const x = Math.round(plot.valToPos(onset, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.save();
    ctx.strokeStyle = colours.onset;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
}

// A sample that was no finite number has no height: a cross at the foot says that it was there.
export function markMissing(plot, points, colours) {
    const { ctx, bbox } = plot;
    const arm = anomalyWidth * devicePixelRatio;
    const y = bbox.top + bbox.height - 2.5 * arm;
    ctx.save();
    ctx.strokeStyle = colours.anomaly;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.beginPath();
    for (const point of points) {
        if (point.value !== null) continue;
        const x = plot.valToPos(point.time / 1000, 'x', true);
        ctx.moveTo(x - arm, y - arm);
        ctx.lineTo(x + arm, y + arm);
        ctx.moveTo(x + arm, y - arm);
        ctx.lineTo(x - arm, y + arm);
    }
    ctx.stroke();
    ctx.restore();
}
