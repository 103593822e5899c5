// One alert: what it means, its chart, what to do, who found it and where it came from.
import { el, svg, name, icon } from './dom.js';
import { t, term, number, quantity, span, percent, clock, fullTime, inZone, isoTime, duration, currentLanguage } from './text.js';
import { Chart } from './chart.js';
import { age, ending, kindOf, left } from './list.js';
import { fetchJson } from './store.js';

const lowConfidence = 0.9;

export class AlertDetailView {
    #asked = null;
    #chart = null;
    #shown = null;
    #asTable = false;
    #openEntries = new Set();

    // told: {back(), label(name, value)}
    constructor(root, told) {
        this.root = root;
        this.told = told;
    }

    // Shows an alert, or shows it again where it has changed.
    async show(alertId) {
        this.#asked?.abort();
        const asked = (this.#asked = new AbortController());
        try {
            const detail = await fetchJson(`api/v1/alerts/${encodeURIComponent(alertId)}`, { signal: asked.signal });
            this.#shown = detail;
            this.#render();
        } catch (failure) {
            if (asked.signal.aborted) return;
            this.#shown = null;
            this.#fill(
                null,
                this.#back(),
                el(
                    'div',
                    { class: 'nothing' },
                    el('h2', {}, failure.status === 404 ? t('detail.gone') : t('detail.failed')),
                    el('p', {}, failure.message),
                ),
            );
        }
    }

    // With nothing chosen.
    clear() {
        this.#asked?.abort();
        this.#shown = null;
        this.#fill(null, el('p', { class: 'nothing' }, t('detail.none')));
    }

    // In another language.
    translate() {
        if (this.#shown) this.#render();
    }

    toggleTable() {
        this.#asTable = !this.#asTable;
        if (this.#shown) this.#render();
    }

    #render() {
        const { alert, event, first, history } = this.#shown;
        const chart = event && new Chart(event);
        this.#fill(
            this.#asTable ? null : chart,
            this.#back(),
            this.#head(alert, event),
            event ? facts(alert, event, history) : null,
            event ? this.#plot(chart) : el('p', { class: 'nothing' }, t('summary.missing')),
            el(
                'div',
                { class: 'columns' },
                event && meaning(alert, event, first),
                event && detectors(spoke(event) ? event : (first ?? event)),
                this.#past(history),
                event && origin(alert, event),
            ),
        );
    }

    // The reader's place survives: the scroll position by itself, the focus by its key.
    #fill(chart, ...parts) {
        const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
        this.#chart?.stop();
        this.root.replaceChildren(...parts.filter(part => part));
        this.#chart = chart;
        chart?.start();
        if (focused) this.root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }

    #back() {
        return el('button', { type: 'button', class: 'back', 'data-key': 'back', click: () => this.told.back() }, t('detail.back'));
    }

    #head(alert, event) {
        const resolved = alert.status === 'resolved';
        const kind = kindOf(alert);
        const onset = Date.parse(alert.onset);
        const opened = Date.parse(alert.detectedAt);
        const ended = Date.parse(alert.resolvedAt ?? alert.updatedAt);
        const state = resolved
            ? [age(ended), ` · ${t('lasted', { time: duration(ended - onset) })}`]
            : [t('firing.since'), ' ', clock(opened), ' · ', age(opened), ' · ', t('as-of'), ' ', age(Date.parse(alert.updatedAt))];
        return el(
            'header',
            { class: `head ${kind}` },
            el(
                'p',
                { class: 'state' },
                el('span', { class: `badge ${alert.severity}` }, icon(alert.severity), term('severity', alert.severity)),
                resolved && el('span', { class: `badge ${kind}` }, icon(kind), ending(alert.endedReason)),
                el('span', {}, ...state),
            ),
            el('h2', {}, name(alert.metric, { class: 'metric' }), name(alert.model, { class: 'model' })),
            event && el('p', { class: 'summary', dir: 'auto' }, inZone(explanationOf(event).summary)),
            el(
                'ul',
                { class: 'labels', 'aria-label': t('labels.label') },
                ...Object.entries(event?.labels ?? {}).map(([label, value]) =>
                    el(
                        'li',
                        {},
                        el(
                            'button',
                            {
                                type: 'button',
                                class: 'label',
                                'data-key': `label ${label}`,
                                title: t('labels.filter'),
                                click: () => this.told.label(label, value),
                            },
                            name(label),
                            '=',
                            name(value),
                        ),
                    ),
                ),
            ),
        );
    }

    #plot(chart) {
        const toggle = el(
            'button',
            {
                type: 'button',
                class: 'toggle',
                'data-key': 'table',
                'aria-pressed': String(this.#asTable),
                click: () => this.toggleTable(),
            },
            t('chart.as-table'),
        );
        return el(
            'section',
            { class: 'chart-frame', 'aria-label': t('chart.label') },
            toggle,
            this.#asTable ? chart.table() : chart.element,
        );
    }

    // What happened to it, the newest first: each opens to the text that it had.
    #past(history) {
        return section(
            'history',
            el(
                'ol',
                { class: 'history' },
                ...history.map(entry => {
                    const kind =
                        entry.type !== 'resolved' ? entry.severity : kindOf({ status: 'resolved', endedReason: entry.endedReason });
                    const type = entry.progress
                        ? t('type.progress')
                        : entry.type === 'resolved'
                          ? ending(entry.endedReason)
                          : term('type', entry.type);
                    const row = [
                        icon(kind),
                        el('span', { class: 'type' }, type),
                        el(
                            'span',
                            {},
                            entry.type === 'resolved'
                                ? ''
                                : `${term('severity', entry.severity)}, ${t('score', { score: number(entry.score, 3) })}`,
                        ),
                        timeOf(Date.parse(entry.detectedAt)),
                    ];
                    if (!entry.summary) return el('li', { class: kind }, el('div', { class: 'entry' }, ...row));
                    return el(
                        'li',
                        { class: kind },
                        el(
                            'details',
                            {
                                open: this.#openEntries.has(entry.eventId),
                                toggle: change => {
                                    this.#openEntries[change.target.open ? 'add' : 'delete'](entry.eventId);
                                },
                            },
                            el('summary', { class: 'entry', 'data-key': `entry ${entry.eventId}` }, ...row),
                            el('p', { dir: 'auto' }, inZone(entry.summary[currentLanguage()])),
                            el('p', { class: 'hint', dir: 'auto' }, inZone(entry.description[currentLanguage()])),
                        ),
                    );
                }),
            ),
        );
    }
}

function facts(alert, event, history) {
    const fact = (key, value, note) => el('div', {}, el('dt', {}, t(key)), el('dd', {}, value, note && el('small', {}, note)));
    const onset = Date.parse(event.onset);
    const opened = history.findLast(entry => entry.type === 'opened' || entry.type === 'early_warning');
    const breach = event.earlyWarning;
    const late = opened && Date.parse(opened.detectedAt) - onset;
    const worst = worstOf(history);
    const delay = late > 0 ? t('fact.delay', { time: duration(late) }) : late === 0 && t('fact.delay.none');
    const band = event.lower === null || event.upper === null ? null : span(event.lower, event.upper, event.unit);
    return el(
        'dl',
        { class: 'facts' },
        !event.contributors &&
            fact(alert.status === 'resolved' ? 'fact.last' : 'fact.judged', event.valueText ?? quantity(event.value, event.unit)),
        worst !== null && worst !== event.value && fact('fact.worst', quantity(worst, event.unit)),
        !breach && !event.contributors && fact('fact.expected', quantity(event.expected, event.unit), band),
        breach && fact('fact.limit', quantity(breach.limit, event.unit)),
        breach?.expectedBreachAt &&
            fact(
                'fact.breach',
                timeOf(Date.parse(breach.expectedBreachAt)),
                t('fact.breach.range', { earliest: clock(Date.parse(breach.earliest)), latest: clock(Date.parse(breach.latest)) }),
            ),
        breach?.expectedBreachAt && alert.status !== 'resolved' && fact('fact.left', left(Date.parse(breach.expectedBreachAt))),
        breach
            ? fact('fact.urgency', number(alert.score, 3), t('fact.urgency.title'))
            : fact('fact.score.worst', t('score', { score: number(alert.score, 3) }), t('score.title')),
        fact(
            'fact.confidence',
            percent(event.confidence),
            breach ? t('fact.confidence.limit') : event.confidence < lowConfidence && t('fact.confidence.low'),
        ),
        fact('fact.onset', timeOf(onset), delay),
        event.step !== undefined && fact('fact.step', number(event.step, 15)),
    );
}

// The value that lay farthest from what was expected while the alert was open; null where none has both.
function worstOf(history) {
    const far = entry => Math.abs(entry.value - entry.expected);
    const told = history.filter(entry => entry.type !== 'resolved' && entry.value !== null && entry.expected !== null);
    return told.length === 0 ? null : told.reduce((worst, entry) => (far(entry) > far(worst) ? entry : worst)).value;
}

// Whether its own detectors say why there is an alert: those of an end and of progress say nothing any more.
const spoke = event => event.detectors.some(part => part.score >= 1);

function meaning(alert, event, first) {
    const { description, actions } = explanationOf(event);
    const opening = alert.status === 'resolved' && first && first.id !== event.id ? explanationOf(first) : null;
    return section(
        'meaning',
        el('p', { class: 'description', dir: 'auto' }, inZone(description)),
        opening && el('h4', {}, t('opening')),
        opening && el('p', { class: 'opening', dir: 'auto' }, inZone(opening.summary)),
        opening && el('p', { class: 'description', dir: 'auto' }, inZone(opening.description)),
        event.contributors && contributors(event.contributors),
        actions.length > 0 && el('h4', {}, t('actions')),
        actions.length > 0 && el('ol', { class: 'actions' }, ...actions.map(action => el('li', { dir: 'auto' }, action))),
        event.runbookUrl && runbook(event.runbookUrl),
    );
}

// Of an entity: the metrics that take part in it. The chart is that of the first.
function contributors(parts) {
    const range = part => (part.lower === null || part.upper === null ? '' : span(part.lower, part.upper, part.unit));
    return el(
        'table',
        { class: 'contributors' },
        el(
            'thead',
            {},
            el(
                'tr',
                {},
                ...['contributors.metric', 'contributors.share', 'fact.seen', 'fact.expected'].map(key =>
                    el('th', { scope: 'col' }, t(key)),
                ),
            ),
        ),
        el(
            'tbody',
            {},
            ...parts.map(part =>
                el(
                    'tr',
                    {},
                    el('th', { scope: 'row' }, name(part.metric)),
                    el('td', {}, percent(part.share)),
                    el('td', {}, quantity(part.value, part.unit)),
                    el('td', {}, quantity(part.expected, part.unit), ' ', el('small', {}, range(part))),
                ),
            ),
        ),
    );
}

function runbook(address) {
    const safe = /^https?:\/\//i.test(address);
    return el(
        'p',
        { class: 'runbook' },
        t('runbook'),
        ' ',
        safe
            ? el('a', { href: address, target: '_blank', rel: 'noopener noreferrer', 'data-key': 'runbook' }, name(address))
            : name(address),
    );
}

function detectors(event) {
    const strongest = Math.max(1, ...event.detectors.map(part => Number(part.score) || 0));
    return section(
        'detectors',
        el(
            'table',
            { class: 'detectors' },
            el(
                'thead',
                { class: 'unseen' },
                el(
                    'tr',
                    {},
                    ...['detectors.name', 'detectors.share', 'fact.score', 'detectors.raw'].map(key => el('th', { scope: 'col' }, t(key))),
                ),
            ),
            el(
                'tbody',
                {},
                ...event.detectors.map(part =>
                    el(
                        'tr',
                        { class: part.score >= 1 ? 'over' : null },
                        el('th', { scope: 'row' }, name(part.name)),
                        el('td', { class: 'share' }, bar(part.score, strongest)),
                        el('td', {}, t('score', { score: number(part.score, 3) })),
                        el('td', { class: 'raw', title: t('detectors.raw') }, number(part.raw, 3)),
                    ),
                ),
            ),
        ),
        el('p', { class: 'hint' }, t('detectors.hint')),
    );
}

// Up to the strongest, with a tick at the line of 1.0.
function bar(score, strongest) {
    const part = Math.min(Math.max(Number(score) || 0, 0) / strongest, 1) * 100;
    return svg(
        'svg',
        { viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        svg('rect', { class: 'track', x: 0, y: 1, width: 100, height: 6 }),
        svg('rect', { class: 'part', x: 0, y: 1, width: part.toFixed(2), height: 6 }),
        svg('rect', { class: 'line', x: (100 / strongest - 0.4).toFixed(2), y: 0, width: 0.8, height: 8 }),
    );
}

function origin(alert, event) {
    const row = (key, ...value) => [el('dt', {}, t(key)), el('dd', {}, ...value)];
    return section(
        'origin',
        el(
            'dl',
            { class: 'origin' },
            ...row('origin.topic', name(event.source.topic)),
            ...row('origin.partition', String(event.source.partition)),
            ...row('origin.offset', String(event.source.offset)),
            ...row('origin.alert', name(alert.alertId)),
            ...row('origin.event', name(event.id)),
            ...row('origin.detected', timeOf(Date.parse(event.detectedAt))),
        ),
        el(
            'p',
            {},
            el(
                'a',
                { href: `api/v1/alerts/${encodeURIComponent(alert.alertId)}`, target: '_blank', rel: 'noopener', 'data-key': 'json' },
                t('origin.json'),
            ),
        ),
    );
}

function section(key, ...content) {
    return el(
        'section',
        { class: key, 'aria-labelledby': `title-${key}` },
        el('h3', { id: `title-${key}` }, t(`section.${key}`)),
        ...content,
    );
}

const explanationOf = event => event.explanation[currentLanguage()];

const timeOf = at => el('time', { datetime: isoTime(at), title: fullTime(at) }, clock(at));
