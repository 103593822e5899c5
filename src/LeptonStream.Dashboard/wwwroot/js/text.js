// Words, numbers and times in the reader's language.

export const languages = { en: 'EN', 'zh-CN': '中文' };

const unknown = '–';
const remembered = 'lepton.language';
const catalogues = new Map();
let language = 'en';
let words = {};

export function firstLanguage() {
    const chosen = read(remembered);
    if (chosen in languages) return chosen;
    for (const wish of navigator.languages ?? []) {
        if (wish.toLowerCase().startsWith('zh')) return 'zh-CN';
        if (wish.toLowerCase().startsWith('en')) return 'en';
    }
    return 'en';
}

export async function useLanguage(wanted, remember = false) {
    if (!catalogues.has(wanted)) {
        const answer = await fetch(new URL(`../catalogue/${wanted}.json`, import.meta.url));
        if (!answer.ok) throw new Error(`catalogue ${wanted}: status ${answer.status}`);
        catalogues.set(wanted, await answer.json());
    }
    language = wanted;
    words = catalogues.get(wanted);
    document.documentElement.lang = wanted;
    if (remember) write(remembered, wanted);
}

export const currentLanguage = () => language;

// The text of a key with its {slots} filled; with a count it takes key.one or key.other.
export function t(key, values = {}) {
    const rule = 'count' in values ? `${key}.${new Intl.PluralRules(language).select(values.count)}` : key;
    const text = words[rule] ?? words[`${key}.other`] ?? words[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, slot) => {
        const value = values[slot];
        if (value === undefined) return whole;
        return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
    });
}

// The words of a closed set (a severity, a type of event); what is not in it is shown as it came.
export function term(set, value) {
    return words[`${set}.${value}`] ?? String(value);
}

// An error of the program in the reader's language; one that it does not know is shown as it came.
export function failureText({ code, status, message }) {
    const known = [`error.${code}`, `error.${status}`].find(key => key in words);
    return known ? t(known) : message;
}

// What is wrong with a role; a code that a newer program sends is said in the words that came with it.
export function problemText({ code, text, values, role }) {
    const known = `problem.${code}` in words;
    const said = values?.detail && { detail: term('kafka', values.detail) };
    const sentence = known ? t(`problem.${code}`, { ...values, ...said, role: term('role', values.role) }) : text;
    return inZone(role ? t('problem.of', { role: term('role', role), sentence }) : sentence);
}

const formats = new Map();

function format(kind, make) {
    const key = `${language} ${kind}`;
    if (!formats.has(key)) formats.set(key, make());
    return formats.get(key);
}

// Significant digits, but never fewer than the whole part has: 0.00113, 1.93, 917,575.
export function number(value, digits = 3) {
    const plain = Number(value);
    if (value === null || value === undefined || !Number.isFinite(plain)) return String(value ?? unknown);
    const size = Math.abs(plain);
    if (size !== 0 && (size >= 1e15 || size < 1e-6))
        return format(`far${digits}`, () => numbers({ maximumSignificantDigits: digits, notation: 'scientific' })).format(plain);
    if (size >= 10 ** digits) return format('whole', () => numbers({ maximumFractionDigits: 0 })).format(plain);
    return format(`digits${digits}`, () => numbers({ maximumSignificantDigits: digits })).format(plain);
}

// The numbers of an axis whose steps have this size.
export function axisNumber(step) {
    const decimals = step < 1e-6 || step >= 1e9 ? null : (String(step).split('.')[1] ?? '').length;
    const made = format(`axis${decimals}`, () =>
        numbers(decimals === null ? { maximumSignificantDigits: 5, notation: 'scientific' } : { maximumFractionDigits: decimals }),
    );
    return value => made.format(value);
}

// Without a sign before nothing: −0.0000001 rounds to 0, not to −0.
const numbers = options => new Intl.NumberFormat(language, { signDisplay: 'negative', ...options });

// UCUM, as events carry it, in the form people write; what is not here is shown as it came.
const units = { Cel: '°C', By: 'B', KiBy: 'KiB', MiBy: 'MiB', GiBy: 'GiB', us: 'µs', 1: '%', '1/s': '/s' };

export function unitText(unit) {
    if (!unit) return '';
    const plain = unit.replace(/\{[^}]*\}/g, word => word.slice(1, -1));
    if (plain in units) return units[plain];
    return plain.endsWith('/s') ? `${unitText(plain.slice(0, -2))}/s` : plain;
}

// A share is read in percent; one beyond ten wholes is none, whatever its name says.
export const isShare = (value, unit) => unit === '1' && value !== null && value !== undefined && Math.abs(value) <= 10;

export const shown = (value, unit) => (isShare(value, unit) ? Number((value * 100).toPrecision(12)) : value);

export function quantity(value, unit) {
    const sign = unit === '1' && !isShare(value, unit) ? '' : unitText(unit);
    const text = number(shown(value, unit));
    return sign && value !== null && value !== undefined && Number.isFinite(Number(value))
        ? `${text}${sign === '%' || sign === '/s' ? '' : '\u202f'}${sign}`
        : text;
}

// From one value to another, the unit once.
export const span = (lower, upper, unit) => t('chart.range', { lower: number(shown(lower, unit)), upper: quantity(upper, unit) });

export const percent = value =>
    format('%', () => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })).format(value);

// Local time; the day only where it is not today.
export function clock(at) {
    if (!Number.isFinite(at)) return unknown;
    const today = new Date().toDateString() === new Date(at).toDateString();
    return format(
        `clock${today}`,
        () =>
            new Intl.DateTimeFormat(language, {
                ...(today ? {} : { month: 'short', day: 'numeric' }),
                hour: '2-digit',
                minute: '2-digit',
                second: '2-digit',
                hourCycle: 'h23',
            }),
    ).format(at);
}

export function fullTime(at) {
    if (!Number.isFinite(at)) return unknown;
    const local = format(
        'full',
        () =>
            new Intl.DateTimeFormat(language, {
                dateStyle: 'full',
                timeStyle: 'long',
                hourCycle: 'h23',
            }),
    ).format(at);
    return `${local}\n${new Date(at).toISOString()}`;
}

// The reader's zone as it is now: GMT+8.
export function zone(at = Date.now()) {
    return (
        format('zone', () => new Intl.DateTimeFormat(language, { timeZoneName: 'short' }))
            .formatToParts(at)
            .find(part => part.type === 'timeZoneName')?.value ?? ''
    );
}

// Texts of alerts carry times in UTC, for whoever reads them elsewhere: here they are in the zone of all other times.
export function inZone(text) {
    return text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, time => {
        const at = Date.parse(time.replace(' ', 'T').replace(' UTC', 'Z'));
        return Number.isFinite(at) ? `${clock(at)} ${zone(at)}` : time;
    });
}

// For machines; nothing where it is no time.
export const isoTime = at => (Number.isFinite(at) ? new Date(at).toISOString() : null);

// What a time axis of a given width in milliseconds writes.
export function axisClock(width) {
    const seconds = width < 150_000;
    const days = width > 86_400_000;
    const made = format(
        `times${seconds}${days}`,
        () =>
            new Intl.DateTimeFormat(language, {
                ...(days ? { month: 'numeric', day: 'numeric' } : {}),
                hour: '2-digit',
                minute: '2-digit',
                ...(seconds ? { second: '2-digit' } : {}),
                hourCycle: 'h23',
            }),
    );
    return at => made.format(at);
}

const steps = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
];

export function relative(at, now = Date.now()) {
    if (!Number.isFinite(at)) return unknown;
    const apart = at - now;
    const [unit, size] = steps.find(([, s]) => Math.abs(apart) >= s) ?? steps[3];
    return format('relative', () => new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })).format(
        Math.trunc(apart / size),
        unit,
    );
}

// A length of time in its two largest units.
export function duration(milliseconds) {
    let rest = Math.max(0, Math.round(milliseconds / 1000)) * 1000;
    const parts = [];
    for (const [unit, size] of steps) {
        const whole = Math.floor(rest / size);
        rest -= whole * size;
        if (whole > 0 || (unit === 'second' && parts.length === 0)) parts.push(t(`duration.${unit}`, { n: whole }));
        if (parts.length === 2) break;
    }
    return parts.join(t('duration.join'));
}

// Storage may be forbidden (private windows, policies): the page works without, it only forgets.
function read(key) {
    try {
        return localStorage.getItem(key);
    } catch {
        return null;
    }
}

function write(key, value) {
    try {
        localStorage.setItem(key, value);
    } catch {
        /* forgets */
    }
}
