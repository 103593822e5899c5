// One alert: what it means, its chart, what to do, who found it and where it came from.
import { el, put, name, icon } from './dom.js';
import { t, term, number, clock, inZone, duration, currentLanguage, failureText } from './text.js';
import { Chart } from './chart.js';
import { age, ending, kindOf, mutedText } from './list.js';
import { fetchJson } from './store.js';
import { CareView } from './care.js';
import { deeds, notified } from './people.js';
import { remedies } from './remedies.js';
import { facts, spoke, meaning, detectors, origin, written, isCode, isReceived, section, explanationOf, timeOf } from './sections.js';

// Why there is no chart.
function missing(event) {
    if (!event) return 'summary.missing';
    if (isReceived(event)) return 'chart.none.received';
    return event.truncated?.includes('points') ? 'chart.none.truncated' : 'chart.none';
}

export class AlertDetailView {
    #asked = null;
    #chart = null;
    #shown = null;
    #asTable = false;
    #openEntries = new Set();

    // handlers: {back(), label(name, value), touched(), changed()}
    constructor(root, handlers) {
        this.root = root;
        this.handlers = handlers;
        this.care = new CareView({
            touched: () => handlers.touched(),
            changed: () => {
                if (this.#shown) this.show(this.#shown.alert.alertId);
                handlers.changed();
            },
        });
    }

    // Shows an alert, or shows it again where it has changed.
    async show(alertId) {
        this.#asked?.abort();
        const asked = (this.#asked = new AbortController());
        try {
            const address = `api/v1/alerts/${encodeURIComponent(alertId)}`;
            const ask = part => fetchJson(address + part, { signal: asked.signal });
            const started = fetchJson(`api/v1/actions?alertId=${encodeURIComponent(alertId)}`, { signal: asked.signal });
            const [detail, { actions }, notifications, remediation] = await Promise.all([
                ask(''), ask('/actions'), ask('/notifications'), started,
            ]);
            this.#shown = { ...detail, actions, notifications, remediation: remediation.actions };
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
                    failure.status !== 404 && el('p', {}, failureText(failure)),
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
        this.care.translate();
        if (this.#shown) this.#render();
    }

    // Presses a button of the work on the alert, where it is there.
    press(action) {
        if (this.#shown) this.care.element.querySelector(`[data-key="care ${action}"]`)?.click();
    }

    toggleTable() {
        this.#asTable = !this.#asTable;
        if (this.#shown) this.#render();
    }

    #render() {
        const { alert, event, first, history, actions, notifications, remediation, generatorUrl } = this.#shown;
        const received = event && isReceived(event);
        this.care.show(alert);
        const chart = event && event.points.length > 0 ? new Chart(event) : null;
        this.#fill(
            this.#asTable ? null : chart,
            this.#back(),
            this.#head(alert, event),
            this.care.element,
            event ? facts(alert, event, history) : null,
            chart ? this.#plot(chart) : el('p', { class: event ? 'hint' : 'nothing' }, t(missing(event))),
            el(
                'div',
                { class: 'columns' },
                event && meaning(alert, event, first),
                received ? written(event, generatorUrl) : event && !isCode(event) && detectors(spoke(event) ? event : (first ?? event)),
                remedies(remediation, (action, decision) => this.care.decide(action, decision)),
                notified(notifications, alert),
                deeds(actions),
                this.#past(history),
                event && !received && origin(alert, event),
            ),
        );
    }

    // The reader's place survives: the scroll position by itself, the focus by its key.
    #fill(chart, ...parts) {
        const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
        this.#chart?.stop();
        put(this.root, ...parts);
        this.#chart = chart;
        chart?.start();
        if (focused) this.root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }

    #back() {
        return el('button', { type: 'button', class: 'back', 'data-key': 'back', click: () => this.handlers.back() }, t('detail.back'));
    }

    #head(alert, event) {
        const resolved = alert.status === 'resolved';
        const kind = kindOf(alert);
        const onset = Date.parse(alert.onset);
        const ended = Date.parse(alert.resolvedAt ?? alert.updatedAt);
        const state = resolved
            ? [age(ended), ` · ${t('lasted', { time: duration(ended - onset) })}`]
            : [t('firing.since'), ' ', clock(onset), ' · ', age(onset)];
        // Nothing of ours judges the values of another program.
        if (!resolved && !(event && isReceived(event))) state.push(' · ', t('as-of'), ' ', age(Date.parse(alert.updatedAt)));
        return el(
            'header',
            { class: `head ${kind}` },
            el(
                'p',
                { class: 'state' },
                el('span', { class: `badge ${alert.severity}` }, icon(alert.severity), term('severity', alert.severity)),
                alert.muted && el('span', { class: 'badge muted' }, mutedText(alert.muted)),
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
                                click: () => this.handlers.label(label, value),
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
