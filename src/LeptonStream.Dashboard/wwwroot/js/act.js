// Acting on a notification by the link that stood in it: a small form over the page, for people who are not signed in.
import { el, put, icon } from './dom.js';
import { t, term, clock, currentLanguage, failureText } from './text.js';
import { fetchJson, send } from './store.js';
import { lengths, verdicts, lengthOf, field, select, choice, wanted } from './forms.js';

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

    // handlers: {shows(alert): the page behind is to show it; hrefOf(alert)}
    constructor(dialog, handlers) {
        this.#dialog = dialog;
        this.handlers = handlers;
    }

    async open(link) {
        this.#headers = { 'Lepton-Link': link };
        this.#show(el('p', {}, t('empty.loading')));
        this.#dialog.showModal();
        try {
            const view = await this.#load();
            this.#draw(view);
            if (view.alerts.length > 0) this.handlers.shows(view.alerts[0]);
        } catch (failure) {
            this.#show(el('p', { class: 'care-error', role: 'alert' }, failureText(failure)));
        }
    }

    #load() {
        return fetchJson('api/v1/link', { headers: { Accept: 'application/json', ...this.#headers } });
    }

    #show(...parts) {
        const close = el('button', { type: 'button', 'data-key': 'act leave', click: () => this.#dialog.close() }, t('help.close'));
        put(this.#dialog, el('h2', { id: 'act-title' }, t('act.title')), ...parts, el('footer', {}, close));
    }

    // answer: what the link has just done, in words.
    #draw({ receiver, expiresAt, alerts, matchers, used }, answer, before = {}) {
        const firing = alerts.filter(alert => alert.status === 'firing');
        const written = (key, attributes) => el('input', { type: 'text', 'data-key': `act ${key}`, value: before[key], ...attributes });
        const person = written('person', { maxlength: 100, autocomplete: 'name' });
        const note = written('note', { maxlength: 4000, autocomplete: 'off' });
        const body = (action, more) => ({ action, person: person.value, note: note.value, ...more });
        const again = select('act again', ['', ...lengths], each => t(`care.length.${each || 'end'}`));
        const length = select('act length', lengths, each => t(`care.length.${each}`), '2h');
        const verdict = choice('act verdict-choice', verdicts, each => t(`care.verdict.${each}`));
        const shared = matchers.join(', ');
        const until = () => clock(Date.now() + lengthOf(length.value));
        this.#show(
            el('p', { class: 'hint' }, t('act.about', { receiver, time: clock(Date.parse(expiresAt)) })),
            el('ul', { class: 'act-alerts' }, ...alerts.map(alert => this.#shown(alert))),
            firing.length === 0 && el('p', {}, t('act.over')),
            answer && el('p', { class: 'care-said', role: 'status' }, answer),
            el(
                'div',
                { class: 'care-form' },
                field('act.person', person),
                field('care.note-text', note),
                firing.length > 0 &&
                    this.#row('acknowledge', used, 'care.ask-again', again, () => body('acknowledge', { for: again.value })),
                matchers.length > 0 &&
                    this.#row('silence', used, 'care.length', length, () => body('silence', { for: length.value }),
                        () => t('act.silence.done', { time: until(), matchers: shared })),
                matchers.length > 0 && el('p', { class: 'hint' }, t('act.matchers'), ' ', el('bdi', {}, shared)),
                this.#row('verdict', used, 'care.verdict', verdict, () =>
                    body('verdict', { verdict: wanted(verdict, 'care.verdict.missing') })),
                el('p', { class: 'care-error', role: 'alert' }),
            ),
        );
    }

    #shown(alert) {
        const summary = alert.summary?.[currentLanguage()] ?? `${alert.model} ${alert.metric}`;
        return el(
            'li',
            {},
            icon(alert.status === 'firing' ? alert.severity : 'resolved'),
            ' ',
            el('a', { href: this.handlers.hrefOf(alert), click: () => this.#dialog.close() }, el('bdi', {}, summary)),
            alert.status !== 'firing' && ` (${term('status', 'resolved')})`,
            alert.acknowledgedBy && ` (${t('care.acknowledged', { person: alert.acknowledgedBy })})`,
        );
    }

    // One action with its choice; what the link has done once it does not do again.
    #row(action, used, label, control, body, answer = () => t(`act.${action}.done`)) {
        const isDone = used.includes(action);
        return el(
            'div',
            { class: 'act-row' },
            field(label, control),
            el(
                'button',
                {
                    type: 'button',
                    class: 'confirm',
                    disabled: isDone,
                    'data-key': `act ${action}`,
                    click: () => this.#do(body, answer),
                },
                t(isDone ? 'act.done' : `act.${action}`),
            ),
        );
    }

    // The form stays: whoever acknowledges may silence, too.
    async #do(body, answer) {
        if (this.#busy) return;
        this.#busy = true;
        try {
            const asked = body();
            await send('POST', 'api/v1/link', asked, this.#headers);
            const said = answer();
            this.#draw(await this.#load(), said, { person: asked.person });
        } catch (failure) {
            this.#dialog.querySelector('.care-error').textContent = failureText(failure);
        } finally {
            this.#busy = false;
        }
    }
}
