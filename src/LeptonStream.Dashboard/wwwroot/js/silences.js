// The list of silences in a dialog: what each mutes, whose it is and why, until when; whoever may respond ends one.
import { el, put, name } from './dom.js';
import { t, term, clock, failureText } from './text.js';
import { fetchJson, send } from './store.js';
import { mayRespond } from './person.js';

export class SilencesView {
    #dialog;

    // changed(): a silence was ended
    constructor(dialog, changed) {
        this.#dialog = dialog;
        this.changed = changed;
    }

    async open() {
        this.#show(el('p', {}, t('silences.loading')));
        if (!this.#dialog.open) this.#dialog.showModal();
        await this.#load();
    }

    async #load() {
        try {
            const { silences } = await fetchJson('api/v1/silences');
            this.#show(
                silences.length === 0
                    ? el('p', {}, t('silences.none'))
                    : el('ol', { class: 'silences' }, ...silences.map(silence => this.#row(silence))),
            );
        } catch (failure) {
            this.#fail(failure);
        }
    }

    #row(silence) {
        const ends = clock(Date.parse(silence.endsAt));
        return el(
            'li',
            {},
            name(silence.matchers.map(written).join(' '), { class: 'matchers' }),
            mayRespond() &&
                el(
                    'button',
                    { type: 'button', 'data-key': `expire ${silence.id}`, click: () => this.#expire(silence.id) },
                    t('silences.expire'),
                ),
            el('p', {}, `${term('silences.state', silence.status.state)} · ${t('silences.mutes', { count: silence.mutes })}`),
            el(
                'p',
                {},
                silence.quietPeriod
                    ? t('silences.resolved', { quiet: silence.quietPeriod, time: ends })
                    : t('care.until', { time: ends }),
            ),
            el('p', { dir: 'auto' }, name(silence.createdBy), silence.comment && `: ${silence.comment}`),
        );
    }

    async #expire(id) {
        try {
            await send('DELETE', `api/v2/silence/${encodeURIComponent(id)}`);
            await this.#load();
            this.changed();
        } catch (failure) {
            this.#fail(failure);
        }
    }

    #fail(failure) {
        this.#show(el('p', { class: 'care-error', role: 'alert' }, failureText(failure)));
    }

    #show(content) {
        put(
            this.#dialog,
            el('h2', { id: 'silences-title' }, t('silences')),
            content,
            el('p', { class: 'hint' }, t('silences.how')),
            el('footer', {}, el('button', { type: 'button', click: () => this.#dialog.close() }, t('help.close'))),
        );
    }
}

function written({ name: label, value, isRegex, isEqual }) {
    return `${label}${isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!='}"${value}"`;
}
