// Paths over many rows: what falls on one pixel column is drawn as its lowest and its highest value, so nothing short is lost and
// the cost is bounded by the width.
function linePath(view, values, y) {
    const path = new Path2D();
    let column = NaN,
        low = 0,
        high = 0,
        last = 0,
        drawn = 0;
    const flush = () => {
        if (drawn === 0) return;
        if (low !== high) {
            path.lineTo(column, y(low));
            path.lineTo(column, y(high));
        }
        path.lineTo(column + 0.01, y(last));
    };
    view.eachRow((row, x, afterGap) => {
        const value = values[row];
        const known = Number.isFinite(value);
        if (!known || afterGap) {
            flush();
            drawn = 0;
            if (!known) return;
        }
        const here = view.dense ? Math.round(x) : x;
        if (drawn > 0 && here === column) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        } else {
            flush();
            if (drawn === 0) path.moveTo(here, y(value));
            [column, low, high] = [here, value, value];
        }
        last = value;
        drawn++;
    });
    flush();
    return path;
}

// Between the lowest lower and the highest upper end of each pixel column.
function bandPath(view, lower, upper, y) {
    const path = new Path2D();
    let edge = [];
    const close = () => {
        if (edge.length > 0) {
            edge.forEach(([x, , top], index) => (index === 0 ? path.moveTo(x, y(top)) : path.lineTo(x, y(top))));
            for (const [x, bottom] of edge.reverse()) path.lineTo(x, y(bottom));
            path.closePath();
        }
        edge = [];
    };
    view.eachRow((row, x, afterGap) => {
        const known = Number.isFinite(lower[row]) && Number.isFinite(upper[row]);
        if (!known || afterGap) close();
        if (!known) return;
        const here = view.dense ? Math.round(x) : x;
        const last = edge.at(-1);
        if (last?.[0] === here) {
            last[1] = Math.min(last[1], lower[row]);
            last[2] = Math.max(last[2], upper[row]);
        } else edge.push([here, lower[row], upper[row]]);
    });
    close();
    return path;
}

// A stretch of time laid over a stretch of pixels.
class View {
    constructor(columns, from, to, left, width) {
        Object.assign(this, { columns, from, to, left, width });
        this.first = Math.max(0, rowAt(columns.time, from) - 1);
        this.last = Math.min(columns.time.length - 1, rowAt(columns.time, to));
        this.dense = this.last - this.first > 2 * width;
    }

    x(ms) {
        return this.left + ((ms - this.from) / (this.to - this.from)) * this.width;
    }

    ms(x) {
        return this.from + ((x - this.left) / this.width) * (this.to - this.from);
    }

    eachRow(visit) {
        const { time, gap } = this.columns;
        for (let row = this.first; row <= this.last; row++)
            visit(row, this.x(time[row]), row > this.first && time[row] - time[row - 1] > gap);
    }

    // The metrics that say most about what is shown, the loudest first.
    lanes() {
        const { lanes } = this.columns;
        if (lanes.length <= mostLanes) return lanes;
        const loudest = lane => lane.score.subarray(this.first, this.last + 1).reduce((high, score) => Math.max(high, score), 0);
        return lanes
            .map(lane => [lane, loudest(lane)])
            .sort((a, b) => b[1] - a[1])
            .slice(0, mostLanes)
            .map(([lane]) => lane);
    }

    // All values must be seen; a band far wider than they are must not flatten them.
    extent(lane) {
        let low = Infinity,
            high = -Infinity,
            bottom = Infinity,
            top = -Infinity;
        for (let row = this.first; row <= this.last; row++) {
            if (Number.isFinite(lane.value[row])) [low, high] = [Math.min(low, lane.value[row]), Math.max(high, lane.value[row])];
            if (lane.lower[row] < bottom) bottom = lane.lower[row];
            if (lane.upper[row] > top) top = lane.upper[row];
        }
        if (low > high) [low, high] = bottom <= top ? [bottom, top] : [0, 1];
        const room = (high - low || Math.abs(high) || 1) / 2;
        low = Math.min(low, Math.max(bottom, low - room));
        high = Math.max(high, Math.min(top, high + room));
        const margin = (high - low || Math.abs(high) || 1) * 0.06;
        return [low - margin, high + margin];
    }

    // Rows of a range as pixels: half a sample more on both sides, and never too narrow to be seen.
    span(range, narrowest) {
        const { time, step } = this.columns;
        const from = this.x(time[range.first] - step / 2),
            to = this.x(time[range.last] + step / 2);
        const middle = (from + to) / 2,
            half = Math.max(to - from, narrowest) / 2;
        const left = Math.max(middle - half, this.left),
            right = Math.min(middle + half, this.left + this.width);
        return right > left ? [left, right - left] : null;
    }
}

function colours() {
    const style = getComputedStyle(document.documentElement);
    const names = [
        'text',
        'muted',
        'panel',
        'grid',
        'value',
        'expected',
        'band',
        'event',
        'event-edge',
        'missed',
        'missed-edge',
        'hit',
        'false',
        'score',
        'score-fill',
        'over',
        'uncounted',
        'accent',
        'sans',
    ];
    return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
}

function scale(low, high, top, height) {
    return Object.assign(value => top + height - ((value - low) / (high - low)) * height, { low, high });
}

// A value that was no number has no height.
function cross(context, x, y) {
    context.moveTo(x - 3, y - 3);
    context.lineTo(x + 3, y + 3);
    context.moveTo(x + 3, y - 3);
    context.lineTo(x - 3, y + 3);
}

function dot(context, x, y, fill, rim) {
    if (!Number.isFinite(y)) return;
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fillStyle = rim;
    context.fill();
    context.beginPath();
    context.arc(x, y, 3, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
}
