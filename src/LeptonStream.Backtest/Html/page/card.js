// One series: its name and numbers, the chart, and what is worth a look in it.
const mostFindings = 60;

class Card {
    constructor(series) {
        this.series = series;
        this.readout = el('p', { class: 'readout' });
        this.chart = new Chart(series, (picture, row) => this.#read(picture, row));
        this.element = el('article', { id: `chart-${series.index}`, class: 'card', zoomed: () => this.#onZoom() });
        this.say();
    }

    // Everything that has words in it, made again when the language changes.
    say() {
        const { series } = this;
        const button = (text, label, click) => el('button', { type: 'button', title: label, 'aria-label': label, click }, text);
        this.reset = button(t('reset'), t('reset'), () => this.chart.show(null));
        const steps = series.findings.length > 0 && [
            button('‹', t('previous'), () => this.chart.step(-1)),
            button('›', t('next'), () => this.chart.step(1)),
        ];
        this.element.replaceChildren(
            el(
                'header',
                {},
                el('h3', {}, el('span', {}, `${series.family}/`), series.name),
                el('ul', { class: 'badges' }, ...this.#badges()),
                el('div', { class: 'steps' }, steps, this.reset),
            ),
            this.readout,
            this.chart.element,
            ...this.#findings(),
        );
        this.#onZoom();
        this.#read(null, null);
        this.chart.redraw();
    }

    #badges() {
        const { series } = this;
        const { result } = series;
        const badge = (text, kind) => el('li', { class: kind }, text);
        const rows = t('badge.rows', { rows: whole(series.rows) });
        const drawn =
            series.metrics > mostLanes &&
            badge(t('badge.metrics', { shown: Math.min(mostLanes, series.metrics), all: series.metrics }), 'plain');
        if (!result) return [badge(t('badge.unlabelled'), 'plain'), drawn, badge(rows, 'plain')];
        return [
            result.events > 0
                ? badge(t('badge.found', { detected: result.detected, events: result.events }), series.missed > 0 ? 'missed' : 'found')
                : badge(t('badge.clean'), 'plain'),
            series.falseAlarms.length > 0 && badge(t('badge.false', { count: series.falseAlarms.length }), 'false'),
            has(result.f1) && badge(t('badge.f1', { f1: share(result.f1) }), 'plain'),
            has(result.aucPr) && badge(t('badge.auc', { auc: share(result.aucPr) }), 'plain'),
            drawn,
            badge(rows, 'plain'),
        ];
    }

    #findings() {
        const { findings, calendar, step } = this.series;
        if (findings.length === 0) return [];
        const list = el('ul', { class: 'findings', 'aria-label': t('findings') });
        const item = finding =>
            el(
                'li',
                {},
                el(
                    'button',
                    { type: 'button', class: finding.kind, click: () => this.chart.showRows(finding) },
                    el('b', {}, t(`finding.${finding.kind}`, { delay: whole(finding.delay) })),
                    finding.metric && `${finding.metric}, `,
                    clock(finding.at, calendar, step),
                ),
            );
        list.append(...findings.slice(0, mostFindings).map(item));
        if (findings.length > mostFindings) list.append(el('li', {}, t('finding.more', { count: findings.length - mostFindings })));
        return [list];
    }

    #onZoom() {
        this.reset.disabled = !this.chart.zoomed;
    }

    #read(picture, row) {
        if (row === null) return this.readout.replaceChildren(t('hint'));
        const { series } = this;
        const { columns } = picture.view;
        const within = ranges => ranges.find(range => row >= range.first && row <= range.last);
        const part = (text, kind) => el('span', { class: kind }, text);
        const alarm = within(series.alarms);
        const parts = [part(clock(columns.time[row], series.calendar, columns.step), 'at'), part(t('row', { row: whole(row) }))];
        for (const lane of picture.lanes) {
            parts.push(
                part(`${series.metrics > 1 ? `${lane.metric} ` : ''}${number(lane.value[row], 6)}`, lane.score[row] >= 1 ? 'over' : 'seen'),
            );
            if (has(lane.lower[row]) && series.metrics === 1)
                parts.push(
                    part(
                        `${t('expected', { value: number(lane.expected[row]) })} ` +
                `(${t('range', { lower: number(lane.lower[row]), upper: number(lane.upper[row]) })})`,
                    ),
                );
        }
        parts.push(part(t('score', { score: share(columns.score[row]) }), columns.score[row] >= 1 ? 'over' : 'seen'));
        if (row < series.firstScored) parts.push(part(t('warmup')));
        if (within(series.events)) parts.push(part(t('inEvent'), 'event'));
        if (alarm) parts.push(part(t(alarm.hit ? 'inAlarm' : 'inFalse'), alarm.hit ? 'hit' : 'false'));
        this.readout.replaceChildren(...parts);
    }
}
