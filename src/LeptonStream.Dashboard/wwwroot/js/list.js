// The list of alerts: one link per alert, kept in place while the alert stays the same.
import { el, put, svg, name, icon } from './dom.js';
import { t, term, number, quantity, relative, duration, clock, fullTime, inZone, isoTime, currentLanguage } from './text.js';

const known = ['alertname', 'severity', 'model', 'metric'];
const mostLabels = 3;
const byText = ['event-code', 'missed-burst', 'received', 'constant-change', 'no-progress', 'non-finite', 'readings-lost'];

// A change by a person's verdict: no alert, but a note on a series.
const isNote = alert => alert.labels?.alertname === 'LeptonStreamVerdict';

// Whose score is no measure: a code is reported or it is not, and another program has none of ours.
const unscored = ['event-code', 'received'];

export class AlertListView {
    #rows = new Map();

    constructor(root, hrefOf) {
        this.root = root;
        this.hrefOf = hrefOf;
    }

    show(alerts, chosenId, arrived) {
        const focus = [...this.#rows.values()].findIndex(row => row.link === document.activeElement);
        const focusedId = [...this.#rows.keys()][focus];

        const wanted = new Set(alerts.map(alert => alert.alertId));
        for (const [id, row] of this.#rows) if (!wanted.has(id)) row.item.remove();

        const rows = new Map();
        let place = this.root.firstElementChild;
        for (const alert of alerts) {
            const row = this.#rowOf(alert, arrived.has(alert.alertId));
            rows.set(alert.alertId, row);
            row.link.href = this.hrefOf(alert.alertId);
            if (alert.alertId === chosenId) row.link.setAttribute('aria-current', 'true');
            else row.link.removeAttribute('aria-current');
            if (row.item === place) place = place.nextElementSibling;
            else this.root.insertBefore(row.item, place);
        }
        this.#rows = rows;

        // Whoever works by keyboard stays on the same alert, or where it is gone on the one in its place.
        if (focus < 0) return;
        const next = rows.get(focusedId) ?? [...rows.values()][Math.min(focus, rows.size - 1)];
        if (next && next.link !== document.activeElement) next.link.focus({ preventScroll: true });
    }

    // Moves the focus by a number of rows from where it is, else from the chosen alert, and keeps it within the list.
    move(by) {
        const links = [...this.root.querySelectorAll('a')];
        if (links.length === 0) return;
        const focused = links.indexOf(document.activeElement);
        const from = focused >= 0 ? focused : links.findIndex(link => link.hasAttribute('aria-current'));
        links[from < 0 ? 0 : Math.min(Math.max(from + by, 0), links.length - 1)].focus();
    }

    // The same alert in the same language keeps its row; a changed one gets a new content in the same place.
    #rowOf(alert, isNew) {
        const old = this.#rows.get(alert.alertId);
        const muted = alert.muted && mutedText(alert.muted);
        if (old && old.seq === alert.seq && old.muted === muted && old.language === currentLanguage()) return old;
        const link = build(alert, isNew);
        const item = old?.item ?? el('li');
        put(item, link);
        return { seq: alert.seq, muted, language: currentLanguage(), link, item };
    }
}

function build(alert, isNew) {
    const kind = kindOf(alert);
    const labels = Object.entries(alert.labels).filter(([label]) => !known.includes(label));
    return el(
        'a',
        { class: `row ${kind}${isNew ? ' new' : ''}` },
        el(
            'span',
            { class: 'what' },
            icon(kind),
            el('span', { class: 'severity' }, stateOf(alert)),
            name(alert.metric, { class: 'metric' }),
        ),
        isWarning(alert) || unscored.includes(alert.detector) || isNote(alert)
            ? el('span', { class: 'score' })
            : el('span', { class: 'score', title: t('score.title') }, t('score', { score: number(alert.score, 3) })),
        el('span', { class: 'seen', title: alert.summary && inZone(alert.summary[currentLanguage()]) }, ...seen(alert)),
        spark(alert.spark),
        el(
            'span',
            { class: 'foot' },
            el(
                'span',
                { class: 'labels' },
                alert.acknowledgedBy && el('span', { class: 'label acknowledged' }, t('list.acknowledged')),
                alert.muted && el('span', { class: 'label muted' }, mutedText(alert.muted)),
                name(alert.model, { class: 'label model' }),
                ...labels.slice(0, mostLabels).map(([label, value]) => name(`${label}=${value}`, { class: 'label' })),
                labels.length > mostLabels && el('span', { class: 'label' }, `+${labels.length - mostLabels}`),
            ),
            when(alert),
        ),
    );
}

function stateOf(alert) {
    if (isNote(alert)) return t('list.verdict');
    return alert.status === 'resolved' ? ending(alert.endedReason) : term('severity', alert.severity);
}

function seen(alert) {
    if (!alert.summary) return [t('summary.missing')];
    // A code says nothing by its number, and neither does a level that changed for the first time. A run as a whole has none.
    const value = alert.valueText ?? alert.value ?? null;
    if (byText.includes(alert.detector) || (value === null && !isWarning(alert)))
        return [el('span', {}, inZone(alert.summary[currentLanguage()]))];
    return [
        value !== null && el('strong', {}, alert.valueText ?? quantity(alert.value, alert.unit)),
        isWarning(alert) && el('span', {}, t('list.limit', { limit: quantity(alert.limit, alert.unit) })),
        alert.breachAt && left(Date.parse(alert.breachAt)),
        alert.expected !== null && el('span', {}, t('chart.expected', { value: quantity(alert.expected, alert.unit) })),
        name(alert.detector, { class: 'detector' }),
    ].filter(part => part);
}

// Why nobody is notified of it at present.
export const mutedText = ({ cause, until }) => t(`muted.${cause}`, { time: clock(Date.parse(until)) });

const isWarning = alert => alert.limit !== null && alert.limit !== undefined;

// What an alert is drawn as: only one that recovered is green.
export function kindOf(alert) {
    if (isNote(alert)) return 'info';
    return alert.status !== 'resolved' ? alert.severity : (alert.endedReason ?? 'recovered') === 'recovered' ? 'resolved' : 'ended';
}

// How an alert ended, in words.
export const ending = reason => term('ended', reason ?? 'recovered');

// How long it is until the limit is reached, kept up to date by refreshAges.
export function left(at) {
    return el('span', { class: 'left', 'data-left': at }, timeLeft(at, Date.now()));
}

const timeLeft = (at, now) => (at > now ? t('list.left', { time: duration(at - now) }) : t('list.due', { time: relative(at, now) }));

function when(alert) {
    const onset = Date.parse(alert.onset);
    const [opened, updated] = [Date.parse(alert.detectedAt), Date.parse(alert.updatedAt)];
    if (alert.status !== 'resolved') {
        const since = [t('list.opened'), ' ', age(onset)];
        return el('span', { class: 'when' }, ...since, ...(updated > opened ? [` · ${t('list.judged')} `, age(updated)] : []));
    }
    const ended = Date.parse(alert.resolvedAt ?? alert.updatedAt);
    if (isNote(alert)) return el('span', { class: 'when' }, age(ended));
    return el('span', { class: 'when' }, age(ended), ` · ${t('lasted', { time: duration(ended - onset) })}`);
}

// A time that says how long ago it is, kept up to date by refreshAges.
export function age(at, kind) {
    return el('time', { class: kind, datetime: isoTime(at), 'data-age': at, title: fullTime(at) }, relative(at));
}

export function refreshAges() {
    const now = Date.now();
    for (const time of document.querySelectorAll('time[data-age]')) {
        const text = relative(Number(time.dataset.age), now);
        if (time.textContent !== text) time.textContent = text;
    }

    for (const span of document.querySelectorAll('[data-left]')) {
        const text = timeLeft(Number(span.dataset.left), now);
        if (span.textContent !== text) span.textContent = text;
    }
}

const width = 96;
const height = 28;

function spark(points) {
    if (!points || points.values.length < 2) return el('span', { class: 'spark' });
    const finite = points.values.filter(value => value !== null);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const x = index => 2 + (index * (width - 4)) / (points.values.length - 1);
    const y = value => (high > low ? height - 3 - ((value - low) * (height - 6)) / (high - low) : height / 2);
    const path = (from, to) =>
        points.values
            .slice(from, to)
            .map((value, index, part) =>
                value === null
                    ? ''
                    : `${index === 0 || part[index - 1] === null ? 'M' : 'L'}${x(from + index).toFixed(1)} ${y(value).toFixed(1)}`,
            )
            .join('');
    return svg(
        'svg',
        { class: 'spark', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
        svg('path', { d: path(0, points.onset + 1) }),
        svg('path', { class: 'since', d: path(Math.max(0, points.onset - 1), undefined) }),
    );
}
