// The sections of an alert's page that need nothing but the alert: facts, meaning, contributors, runbook, detectors, origin.
import { el, svg, name } from './dom.js';
import { t, number, quantity, span, percent, clock, fullTime, inZone, isoTime, duration, currentLanguage } from './text.js';
import { left } from './list.js';

const lowConfidence = 0.9;

// An alert that another program found: it has labels, texts and a link, and no value of ours.
export const isReceived = event => event.source.topic === '/api/v2/alerts';

// An alert on a code: it is reported or it is not, so that no score, confidence or expected value says anything of it.
export const isCode = event => event.detectors.some(part => part.name === 'event-code');

export function facts(alert, event, history) {
    const fact = (key, value, note) => el('div', {}, el('dt', {}, t(key)), el('dd', {}, value, note && el('small', {}, note)));
    const onset = Date.parse(event.onset);
    const opened = history.findLast(entry => entry.type === 'opened' || entry.type === 'early_warning');
    const breach = event.earlyWarning;
    const received = isReceived(event);
    const isOfSeries = !event.contributors && !event.modelUpdate && !received;
    const normal = Date.parse(event.alertmanager.annotations.normal_since);
    const late = opened && Date.parse(opened.detectedAt) - onset;
    const isJudged = !received && !isCode(event);
    const worst = isJudged ? worstOf(history) : null;
    const delay = late > 0 ? t('fact.delay', { time: duration(late) }) : late === 0 && t('fact.delay.none');
    const band = event.lower === null || event.upper === null ? null : span(event.lower, event.upper, event.unit);
    return el(
        'dl',
        { class: 'facts' },
        isOfSeries &&
            fact(alert.status === 'resolved' ? 'fact.last' : 'fact.judged', event.valueText ?? quantity(event.value, event.unit)),
        worst !== null && worst !== event.value && fact('fact.worst', quantity(worst, event.unit)),
        !breach && isOfSeries && isJudged && fact('fact.expected', quantity(event.expected, event.unit), band),
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
            : isJudged && fact('fact.score.worst', t('score', { score: number(alert.score, 3) }), t('score.title')),
        isJudged && fact(
            'fact.confidence',
            percent(event.confidence),
            breach ? t('fact.confidence.limit') : event.confidence < lowConfidence && t('fact.confidence.low'),
        ),
        fact('fact.onset', timeOf(onset), !received && delay),
        alert.status === 'resolved' && Number.isFinite(normal) &&
            fact('fact.normal', timeOf(normal), t('fact.normal.closed', { time: clock(Date.parse(alert.resolvedAt ?? alert.updatedAt)) })),
        event.step !== undefined && fact('fact.step', number(event.step, 15)),
    );
}

// The value that lay farthest from what was expected while the alert was open; null where none has both.
function worstOf(history) {
    const far = entry => Math.abs(entry.value - entry.expected);
    const judged = history.filter(entry => entry.type !== 'resolved' && entry.value !== null && entry.expected !== null);
    return judged.length === 0 ? null : judged.reduce((worst, entry) => (far(entry) > far(worst) ? entry : worst)).value;
}

// Whether its own detectors say why there is an alert: those of an end and of progress say nothing any more.
export const spoke = event => event.detectors.some(part => part.score >= 1);

export function meaning(alert, event, first) {
    const { description, actions } = explanationOf(event);
    const opening = alert.status === 'resolved' && first && first.id !== event.id ? explanationOf(first) : null;
    return section(
        'meaning',
        el('p', { class: 'description', dir: 'auto' }, inZone(description)),
        opening && el('h4', {}, t('opening')),
        opening && el('p', { class: 'opening', dir: 'auto' }, inZone(opening.summary)),
        opening && el('p', { class: 'description', dir: 'auto' }, inZone(opening.description)),
        event.contributors && contributors(event.contributors),
        event.modelUpdate && update(event.modelUpdate),
        actions.length > 0 && el('h4', {}, t('actions')),
        actions.length > 0 && el('ol', { class: 'actions' }, ...actions.map(action => el('li', { dir: 'auto' }, action))),
        event.runbookUrl && link('runbook', event.runbookUrl),
    );
}

// Of an entity: the metrics that take part in it. The chart is that of the first.
function contributors(parts) {
    const range = part => (part.lower === null || part.upper === null ? '' : span(part.lower, part.upper, part.unit));
    return table(
        ['contributors.metric', 'contributors.share', 'fact.seen', 'fact.expected'],
        parts.map(part => [
            part.metric,
            [percent(part.share)],
            [quantity(part.value, part.unit)],
            [quantity(part.expected, part.unit), ' ', el('small', {}, range(part))],
        ]),
    );
}

// Of a new version of a model: each metric before and after.
function update({ metrics }) {
    return table(
        ['contributors.metric', 'update.before', 'update.after', 'update.difference', 'update.verdict'],
        metrics.map(part => [
            part.metric,
            [quantity(part.before, part.unit)],
            [quantity(part.after, part.unit)],
            part.difference === null
                ? ['']
                : [quantity(part.difference, part.unit), ' ', el('small', {}, span(part.lower, part.upper, part.unit))],
            [t(`update.is.${part.verdict}`)],
        ]),
    );
}

// Rows begin with the name of a metric.
function table(heads, rows) {
    return el(
        'table',
        { class: 'contributors' },
        el('thead', {}, el('tr', {}, ...heads.map(key => el('th', { scope: 'col' }, t(key))))),
        el(
            'tbody',
            {},
            ...rows.map(([metric, ...cells]) =>
                el('tr', {}, el('th', { scope: 'row' }, name(metric)), ...cells.map(cell => el('td', {}, ...cell))),
            ),
        ),
    );
}

function link(key, address) {
    const safe = /^https?:\/\//i.test(address);
    return el(
        'p',
        { class: key },
        t(key),
        ' ',
        safe ? el('a', { href: address, target: '_blank', rel: 'noopener noreferrer', 'data-key': key }, name(address)) : name(address),
    );
}

export function detectors(event) {
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

export function origin(alert, event) {
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

// The labels and texts of another program as they came, and its page.
export function written(event, generatorUrl) {
    const pairs = set => Object.entries(set).flatMap(([label, value]) => [el('dt', {}, name(label)), el('dd', { dir: 'auto' }, value)]);
    const { summary: _, description: __, ...said } = event.alertmanager.annotations;
    return section(
        'written',
        el('h4', {}, t('labels.label')),
        el('dl', { class: 'origin' }, ...pairs(event.alertmanager.labels)),
        Object.keys(said).length > 0 && el('h4', {}, t('annotations.label')),
        Object.keys(said).length > 0 && el('dl', { class: 'origin' }, ...pairs(said)),
        generatorUrl && link('generator', generatorUrl),
    );
}

export function section(key, ...content) {
    return el(
        'section',
        { class: key, 'aria-labelledby': `title-${key}` },
        el('h3', { id: `title-${key}` }, t(`section.${key}`)),
        ...content,
    );
}

export const explanationOf = event => event.explanation[currentLanguage()];

export const timeOf = at => el('time', { datetime: isoTime(at), title: fullTime(at) }, clock(at));
