// The tables of families and series. A click on a heading sorts; the charts follow the table of series.
const missedOf = result => result.events - result.detected;

const columnsOf = summary => [
    { key: 'events', text: t('col.events'), of: result => result.events, show: whole },
    { key: 'missed', text: t('col.missed'), of: missedOf, show: whole, falling: true },
    { key: 'precision', text: t('col.precision'), of: result => result.precision, show: share },
    { key: 'recall', text: t('col.recall'), of: result => result.recall, show: share },
    { key: 'f1', text: t('col.f1'), of: result => result.f1, show: share, bar: true },
    { key: 'false', text: t('col.false'), of: result => result.falseEpisodesPerSeriesDay, show: share, falling: true },
    ...summary.budgets.map(budget => ({
        key: `at${budget}`,
        text: t('col.at', { budget }),
        of: result => result.recallAt[budget],
        show: share,
    })),
    { key: 'delay', text: t('col.delay'), of: result => result.medianDelaySamples, show: whole, falling: true },
    { key: 'auc', text: t('col.auc'), of: result => result.aucPr, show: share },
    { key: 'vus', text: t('col.vus'), of: result => result.vusPr, show: share },
];

function cells(columns, result) {
    return columns.map(column => {
        const value = result ? column.of(result) : null;
        const cell = el('td', { class: column.bar && has(value) ? 'bar' : null }, column.show(value));
        if (column.bar && has(value)) cell.style.setProperty('--share', value);
        return cell;
    });
}

function familyTable(summary, choose) {
    const columns = [{ key: 'series', text: t('col.series'), of: result => result.series, show: whole }, ...columnsOf(summary)];
    const row = (name, result, attributes = {}) => el('tr', attributes, el('th', { scope: 'row' }, name), ...cells(columns, result));
    return el(
        'div',
        { class: 'scroller' },
        el(
            'table',
            {},
            el(
                'thead',
                {},
                el('tr', {}, el('th', { scope: 'col' }, t('col.name')), ...columns.map(column => el('th', { scope: 'col' }, column.text))),
            ),
            el(
                'tbody',
                {},
                ...Object.entries(summary.families).map(([name, result]) =>
                    row(el('button', { class: 'link', type: 'button', click: () => choose(name) }, name), result),
                ),
            ),
            el('tfoot', {}, row(t('total'), summary.total)),
        ),
    );
}

class SeriesTable {
    constructor(summary, list, onSort) {
        this.columns = [{ key: 'name', text: t('col.name'), of: (_, series) => series.title }, ...columnsOf(summary)];
        this.rows = new Map(
            list.map(series => [
                series,
                el(
                    'tr',
                    {},
                    el('th', { scope: 'row' }, el('a', { href: `#chart-${series.index}` }, series.title)),
                    ...cells(this.columns.slice(1), series.result),
                ),
            ]),
        );
        this.heads = new Map(
            this.columns.map(column => [
                column.key,
                el('th', { scope: 'col' }, el('button', { type: 'button', click: () => onSort(column) }, column.text)),
            ]),
        );
        this.body = el('tbody');
        this.element = el(
            'div',
            { class: 'scroller files' },
            el('table', {}, el('thead', {}, el('tr', {}, ...this.heads.values())), this.body),
        );
    }

    show(list, sort) {
        for (const [key, head] of this.heads) {
            if (key === sort.key) head.setAttribute('aria-sort', sort.falling ? 'descending' : 'ascending');
            else head.removeAttribute('aria-sort');
        }
        this.body.replaceChildren(...list.map(series => this.rows.get(series)));
    }
}

// What has no number comes last, whichever way the others go.
function sorted(list, columns, { key, falling }) {
    const column = columns.find(candidate => candidate.key === key);
    if (!column) return list;
    const value = series => (column.key === 'name' || series.result ? column.of(series.result, series) : null);
    const compare = (a, b) => (typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : a - b);
    return [...list].sort((left, right) => {
        const [a, b] = [value(left), value(right)];
        if (!has(a) || !has(b)) return has(b) - has(a);
        return falling ? compare(b, a) : compare(a, b);
    });
}
