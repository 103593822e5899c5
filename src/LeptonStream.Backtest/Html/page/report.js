// The page: headline, tables, and the charts of those series that the filter leaves, in the order that was asked for.
const summary = parsed('summary');
const all = summary.series.map((series, index) => new Series(index, series));
const cards = new Map(all.map(series => [series, new Card(series)]));
const list = el('div', { class: 'cards' });
const wish = { text: '', family: '', missed: false, false: false, sort: { key: 'run', falling: false } };
const orders = { run: false, name: false, f1: false, false: true, missed: true };
let table;

const near = new IntersectionObserver(
    entries => {
        for (const entry of entries) {
            const { chart } = cards.get(entry.target.series);
            if (entry.isIntersecting) chart.start();
            else chart.stop();
        }
    },
    { rootMargin: '500px 0px' },
);

for (const [series, card] of cards) {
    card.element.series = series;
    near.observe(card.element);
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const card of cards.values()) card.chart.redraw();
});

function tiles() {
    const { total } = summary;
    const tile = (key, value, note, values = {}) =>
        el('div', { class: 'tile' }, el('dt', {}, t(key, values)), el('dd', {}, value), note && el('dd', { class: 'note' }, note));
    const nab = scores => [scores.standard, scores.rewardLowFp, scores.rewardLowFn].map(score => score.toFixed(1)).join(' / ');
    const episodes = all.reduce((sum, series) => sum + (series.result ? series.alarms.length : 0), 0);
    const wrong = all.reduce((sum, series) => sum + series.falseAlarms.length, 0);
    const days = wrong > 0 ? wrong / total.falseEpisodesPerSeriesDay : null;
    return el(
        'dl',
        { class: 'tiles' },
        tile(
            'tile.found',
            t('tile.of', { detected: whole(total.detected), events: whole(total.events) }),
            has(total.recall) && `${(100 * total.recall).toFixed(0)} %`,
        ),
        tile('tile.precision', `${share(total.precision)} / ${share(total.f1)}`, t('note.precision', { episodes: whole(episodes) })),
        tile(
            'tile.false',
            share(total.falseEpisodesPerSeriesDay),
            has(days) && t('note.false', { count: whole(wrong), days: whole(Math.round(days)) }),
        ),
        tile('tile.budgets', summary.budgets.map(budget => share(total.recallAt[budget])).join(' / '), null, {
            budgets: summary.budgets.join(' / '),
        }),
        tile('tile.delay', whole(total.medianDelaySamples), t('note.delay', { p95: whole(total.p95DelaySamples) })),
        tile('tile.areas', `${share(total.aucPr)} / ${share(total.vusPr)}`),
        summary.nab && tile('tile.nab', nab(summary.nab), t('note.nab', { alarms: nab(summary.nabByAlarms) })),
    );
}

function controls() {
    const toggle = (key, text) =>
        el(
            'button',
            {
                type: 'button',
                'aria-pressed': String(wish[key]),
                click: event => {
                    wish[key] = !wish[key];
                    event.target.setAttribute('aria-pressed', wish[key]);
                    show();
                },
            },
            text,
        );
    const families = [...new Set(all.map(series => series.family))];
    const choice = (value, text) => el('option', { value, selected: value === wish.family }, text);
    return el(
        'div',
        { class: 'controls' },
        el('input', {
            id: 'filter',
            type: 'search',
            placeholder: t('filter'),
            'aria-label': t('filter'),
            value: wish.text,
            input: event => {
                wish.text = event.target.value;
                show();
            },
        }),
        families.length > 1 &&
            el(
                'select',
                {
                    id: 'family',
                    'aria-label': t('families'),
                    change: event => {
                        wish.family = event.target.value;
                        show();
                    },
                },
                choice('', t('all')),
                ...families.map(family => choice(family, family)),
            ),
        toggle('missed', t('missedOnly')),
        toggle('false', t('falseOnly')),
        el(
            'select',
            {
                id: 'order',
                'aria-label': t('order'),
                change: event => {
                    wish.sort = { key: event.target.value, falling: orders[event.target.value] };
                    show();
                },
            },
            el('option', { value: '', hidden: true }, t('order')),
            ...Object.keys(orders).map(key => el('option', { value: key }, t(`order.${key}`))),
        ),
        el('output', { id: 'shown' }),
    );
}

const legendKinds = ['value', 'expected', 'band', 'found', 'missed', 'hit', 'false', 'score', 'line', 'warmup'];

function page() {
    document.documentElement.lang = language;
    document.title = `LeptonStream · ${t('title')}`;
    table = new SeriesTable(summary, all, column => {
        wish.sort = { key: column.key, falling: wish.sort.key === column.key ? !wish.sort.falling : column.falling === true };
        show();
    });
    const chooseFamily = family => {
        wish.family = family;
        const select = document.getElementById('family');
        if (select) select.value = family;
        show();
        document.getElementById('series').scrollIntoView();
    };
    document.body.replaceChildren(
        ...document.querySelectorAll('body > script'),
        el(
            'header',
            { class: 'page' },
            el('h1', {}, 'LeptonStream ', el('span', {}, t('title'))),
            el('p', {}, t('summary', { files: whole(all.length), samples: whole(summary.samples) })),
            el(
                'button',
                {
                    id: 'language',
                    type: 'button',
                    click: () => {
                        language = language === 'en' ? 'zh-CN' : 'en';
                        page();
                    },
                },
                t('switch'),
            ),
        ),
        el(
            'main',
            {},
            tiles(),
            Object.keys(summary.families).length > 0 && el('section', {}, el('h2', {}, t('families')), familyTable(summary, chooseFamily)),
            summary.dial.length > 0 && el('section', {}, el('h2', {}, t('dial')), dialPlot(summary.dial)),
            el('section', { id: 'series' }, el('h2', {}, t('files')), table.element),
            el(
                'div',
                { class: 'bar-controls' },
                controls(),
                el('ul', { class: 'legend' }, ...legendKinds.map(kind => el('li', { class: kind }, t(`legend.${kind}`)))),
            ),
            list,
            summary.skipped.length > 0 &&
                el(
                    'section',
                    {},
                    el('h2', {}, t('skipped')),
                    el('ul', { class: 'skipped' }, ...summary.skipped.map(reason => el('li', {}, reason))),
                ),
            el('p', { class: 'rules' }, t('rules', { gap: summary.mergeGap })),
        ),
    );
    for (const card of cards.values()) card.say();
    show();
}

function show() {
    const words = wish.text
        .toLowerCase()
        .split(/\s+/)
        .filter(word => word);
    const wanted = all.filter(
        series =>
            words.every(word => series.title.toLowerCase().includes(word)) &&
            (!wish.family || series.family === wish.family) &&
            (!wish.missed || series.missed > 0) &&
            (!wish.false || series.falseAlarms.length > 0),
    );
    const ordered = sorted(wanted, table.columns, wish.sort);
    table.show(ordered, wish.sort);
    list.replaceChildren(
        ...(ordered.length > 0 ? ordered.map(series => cards.get(series).element) : [el('p', { class: 'none' }, t('none'))]),
    );
    document.getElementById('shown').textContent = t('shown', { shown: whole(ordered.length), all: whole(all.length) });
    document.getElementById('order').value = wish.sort.key in orders && wish.sort.falling === orders[wish.sort.key] ? wish.sort.key : '';
}

page();
