// Parts of the page beside the list and the chosen alert: the counts above, the words of an empty list, the help.
import { el, icon } from './dom.js';
import { t, term, number, failureText } from './text.js';

const severities = ['critical', 'warning', 'info'];

// One button per severity with the number of its open alerts.
export function countButtons(open, choose) {
    return severities.map(severity => {
        const count = open.filter(alert => alert.severity === severity).length;
        return el(
            'button',
            {
                type: 'button',
                class: `count ${severity}${count ? '' : ' none'}`,
                title: t('counts.filter'),
                click: () => choose(severity),
            },
            icon(severity),
            el('strong', {}, number(count)),
            el('span', {}, term('severity', severity)),
        );
    });
}

// The reason for which the list is empty, and the way out of it.
export function emptyParts({ view, loaded, failure, hasPast }, change) {
    const title = (key, ...signs) => el('h2', {}, ...signs, t(key));
    const text = key => el('p', {}, t(key));
    const button = (key, wanted) => el('button', { type: 'button', click: () => change(wanted) }, t(key));
    if (!loaded)
        return failure ? [title('empty.failed'), el('p', {}, failureText(failure)), text('empty.failed.what')] : [text('empty.loading')];
    if (view.filter.trim()) return [title('empty.filtered'), button('empty.clear', { filter: '' })];
    if (view.status === 'resolved') return [title('empty.resolved')];
    const quiet = [title('empty.quiet', icon('resolved')), text('empty.quiet.what')];
    if (hasPast) return [...quiet, button('empty.show-resolved', { status: 'resolved' })];
    return [
        ...quiet,
        text('empty.never'),
        el('pre', {}, 'lepton detector\nlepton notifier'),
        text('empty.demo'),
        el('pre', {}, 'lepton demo'),
    ];
}

export function helpParts(close) {
    return [
        el('h2', { id: 'help-title' }, t('help.title')),
        el(
            'dl',
            {},
            ...['jk', 'enter', 'escape', 'slash', 't', 'act', 'p'].flatMap(key => [
                el('dt', {}, el('kbd', {}, t(`help.${key}.key`))),
                el('dd', {}, t(`help.${key}`)),
            ]),
        ),
        el('h3', {}, t('help.filter')),
        el('p', {}, t('help.filter.text')),
        el('pre', {}, 'severity=critical model=~"llama.*" instance!="gpu-7" ttft'),
        el('p', {}, t('help.series')),
        el('pre', {}, 'lepton series model=llama-70b metric=ttft_p99_ms'),
        el('footer', {}, el('button', { type: 'button', click: close }, t('help.close'))),
    ];
}
