// Acting on a notification by the link that stood in it: a small form over the page, for people who are not signed in.
import { el, icon } from './dom.js';
import { t, term, clock, currentLanguage, failureText } from './text.js';
import { fetchJson, send } from './store.js';

const lengths = ['30m', '1h', '2h', '4h', '8h', '1d'];
const verdicts = ['true', 'false', 'normal'];

// The link in the address, once: it leaves the address with the reading, so that nobody hands it on by accident.
export function takeLink() {
    const parameters = new URLSearchParams(location.hash.slice(1));
    const link = parameters.get('act');
    if (!link) return null;
    parameters.delete('act');
    history.replaceState(null, '', `#${parameters}`);
    return link;
}

export class ActView {
    #dialog;
    #headers = {};
    #busy = false;

    constructor(dialog) {
        this.#dialog = dialog;
    }

    async open(link) {
        this.#headers = { 'Lepton-Link': link };
        this.#show(el('p', {}, t('empty.loading')));
        this.#dialog.showModal();
        try {
            this.#draw(await fetchJson('api/v1/link', { headers: { Accept: 'application/json', ...this.#headers } }));
        } catch (failure) {
            this.#show(el('p', { class: 'care-error', role: 'alert' }, failureText(failure)));
        }
    }

    #show(...parts) {
        const close = el('button', { type: 'button', 'data-key': 'act leave', click: () => this.#dialog.close() }, t('help.close'));
        this.#dialog.replaceChildren(el('h2', { id: 'act-title' }, t('act.title')), ...parts, close);
    }

    #draw({ receiver, expiresAt, alerts, matchers, used }) {
        const firing = alerts.filter(alert => alert.status === 'firing');
        const person = el('input', { type: 'text', maxlength: 100, autocomplete: 'name', 'data-key': 'act person' });
        const note = el('input', { type: 'text', maxlength: 4000, autocomplete: 'off', 'data-key': 'act note' });
        const body = (action, more) => ({ action, person: person.value, note: note.value, ...more });
        const again = select('again', ['', ...lengths], each => t(each ? `care.length.${each}` : 'care.length.end'));
        const length = select('length', lengths, each => t(`care.length.${each}`), '2h');
        const verdict = select('verdict', verdicts, each => t(`care.verdict.${each}`));
        this.#show(
            el('p', { class: 'hint' }, t('act.about', { receiver, time: clock(Date.parse(expiresAt)) })),
            el('ul', { class: 'act-alerts' }, ...alerts.map(shown)),
            firing.length === 0 && el('p', {}, t('act.over')),
            el(
                'div',
                { class: 'care-form' },
                field('act.person', person),
                field('care.note-text', note),
                firing.length > 0 &&
                    this.#row('acknowledge', used, 'care.ask-again', again, () => body('acknowledge', { for: again.value })),
                matchers.length > 0 && this.#row('silence', used, 'care.length', length, () => body('silence', { for: length.value })),
                matchers.length > 0 && el('p', { class: 'hint' }, t('act.matchers'), ' ', el('bdi', {}, matchers.join(', '))),
                this.#row('verdict', used, 'care.verdict', verdict, () => body('verdict', { verdict: verdict.value })),
                el('p', { class: 'care-error', role: 'alert' }),
            ),
        );
    }

    // One action with its choice; what the link has done once it does not do again.
    #row(action, used, label, choice, body) {
        const isDone = used.includes(action);
        const press = () => this.#do(action, body());
        return el(
            'div',
            { class: 'act-row' },
            field(label, choice),
            el('button', { type: 'button', class: 'confirm', disabled: isDone, 'data-key': `act ${action}`, click: press },
                t(isDone ? 'act.done' : `act.${action}`)),
        );
    }

    async #do(action, body) {
        if (this.#busy) return;
        this.#busy = true;
        try {
            await send('POST', 'api/v1/link', body, this.#headers);
            this.#show(el('p', { role: 'status' }, t(`act.${action}.done`)));
        } catch (failure) {
            this.#dialog.querySelector('.care-error').textContent = failureText(failure);
        } finally {
            this.#busy = false;
        }
    }
}

const shown = alert =>
    el(
        'li',
        {},
        icon(alert.status === 'firing' ? alert.severity : 'resolved'),
        ' ',
        el('bdi', {}, alert.summary?.[currentLanguage()] ?? `${alert.model} ${alert.metric}`),
        alert.status !== 'firing' && ` (${term('status', 'resolved')})`,
        alert.acknowledgedBy && ` (${t('care.acknowledged', { person: alert.acknowledgedBy })})`,
    );

const field = (label, control) => el('label', {}, el('span', {}, t(label)), control);

const select = (key, values, words, chosen) =>
    el('select', { 'data-key': `act ${key}` },
        ...values.map(value => el('option', { value, selected: value === chosen }, words(value))));
