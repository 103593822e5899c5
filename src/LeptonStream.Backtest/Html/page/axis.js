// Where the marks of an axis stand, and what they say.
function valueTicks(low, high, most) {
    // The widest step that gives more than one mark and not more than wished, where there is such a step.
    const power = 10 ** Math.ceil(Math.log10(high - low));
    const count = step => Math.floor(high / step) - Math.ceil(low / step) + 1;
    const step =
        [1, 0.5, 0.2, 0.1, 0.05].map(times => times * power).find(wide => count(wide) > 1 && count(wide) >= most - 1) ?? power / 20;
    const ticks = [];
    for (let at = Math.ceil(low / step); at * step <= high; at++) ticks.push(at * step);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const far = Math.max(Math.abs(low), Math.abs(high));
    const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 4 });
    const text = at => (far >= 1e5 ? compact.format(at) : digits > 4 ? String(Number(at.toPrecision(3))) : at.toFixed(digits));
    return ticks.map(at => ({ at, text: text(Math.abs(at) < step / 2 ? 0 : at) }));
}

const timeSteps = [
    100,
    200,
    500,
    second,
    5 * second,
    15 * second,
    30 * second,
    minute,
    5 * minute,
    15 * minute,
    30 * minute,
    hour,
    3 * hour,
    6 * hour,
    12 * hour,
    day,
    2 * day,
    7 * day,
    14 * day,
];

function timeTicks(from, to, most, calendar) {
    const step = timeSteps.find(length => (to - from) / length <= most);
    if (step === undefined)
        return calendar ? monthTicks(from, to, most) : evenTicks(from, to, day * Math.ceil((to - from) / day / most), calendar);
    return evenTicks(from, to, step, calendar);
}

function evenTicks(from, to, step, calendar) {
    const ticks = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push({ at, ...timeText(at, step, calendar) });
    return ticks;
}

function monthTicks(from, to, most) {
    const every = [1, 2, 3, 6, 12, 24, 60].find(months => (to - from) / (30 * day * months) <= most) ?? 120;
    const ticks = [];
    const month = new Date(from);
    for (let index = 12 * month.getUTCFullYear() + month.getUTCMonth() + 1; ; index++) {
        const at = Date.UTC(Math.floor(index / 12), index % 12);
        if (at > to) return ticks;
        if (index % every === 0)
            ticks.push({
                at,
                text: new Intl.DateTimeFormat(language, { timeZone: 'UTC', year: 'numeric', month: 'short' }).format(at),
                strong: index % 12 === 0,
            });
    }
}

function timeText(at, step, calendar) {
    const midnight = at % day === 0;
    if (!calendar) return { text: midnight && at > 0 ? `${at / day} d` : clock(at % day, false, step), strong: midnight };
    if (!midnight) return { text: clock(at, true, step).slice(11), strong: false };
    return { text: new Intl.DateTimeFormat(language, { timeZone: 'UTC', month: 'short', day: 'numeric' }).format(at), strong: step < day };
}
