// What people do with an alert: who works on it, and the buttons to acknowledge, silence, assign, note and close.
import { el, put } from './dom.js';
import { t, term, clock, failureText } from './text.js';
import { send } from './store.js';
import { lengths, reasons, verdicts, lengthOf, field, select, choice, wanted } from './forms.js';
import { currentPerson, mayRespond, signIn, signOut } from './person.js';

// Until resolved: a quarter of an hour after its alerts, after a day at the latest.
function endOf(length) {
    const [most, quietPeriod] = length === 'resolved' ? ['1d', '15m'] : [length, null];
    return { endsAt: new Date(Date.now() + lengthOf(most)).toISOString(), quietPeriod };
}

// How many open alerts a silence of these matchers mutes, in words.
async function mutedBy(matchers, key) {
    if (matchers.length === 0) return t('care.silence.nothing');
    const { total } = await send('POST', 'api/v1/silences/preview', { matchers });
    return t(key, { count: total });
}

export class CareView {
    #alert = null;
    #open = null;
    #busy = false;
    #said = null;

    // handlers: {touched(): somebody begins to work on the alert; changed(): the program did what was asked}
    constructor(handlers) {
        this.handlers = handlers;
        this.element = el('section', { class: 'care' });
    }

    // What a person is writing stays while the alert changes.
    show(alert) {
        const isOther = this.#alert?.alertId !== alert.alertId;
        const isOver = this.#alert?.status !== alert.status;
        this.#alert = alert;
        if (isOther) this.#said = null;
        if (isOther || isOver) this.#open = null;
        if (this.#open === null) this.#render();
        else this.element.replaceChild(this.#state(), this.element.firstElementChild);
    }

    translate() {
        this.#open = null;
        this.#said = null;
        if (this.#alert) this.#render();
    }

    #render(...form) {
        this.element.setAttribute('aria-label', t('care.label'));
        const said = this.#said && el('p', { class: 'care-said', role: 'status' }, this.#said);
        put(this.element, this.#state(), this.#buttons(), said, ...form);
    }

    #state() {
        const { acknowledgedBy, askAgainAt, assignee, verdict, verdictBy } = this.#alert;
        const parts = [
            acknowledgedBy && t('care.acknowledged', { person: acknowledgedBy }),
            acknowledgedBy && askAgainAt && t('care.until', { time: clock(Date.parse(askAgainAt)) }),
            assignee && t('care.assigned', { person: assignee }),
            verdict && t('care.judged', { verdict: term('care.verdict', verdict), person: verdictBy }),
        ].filter(part => part);
        return el('p', { class: 'care-state' }, parts.length > 0 ? parts.join(' · ') : t('care.nobody'));
    }

    #buttons() {
        if (!mayRespond() && !currentPerson().anonymous)
            return el(
                'div',
                { class: 'care-buttons' },
                el('span', { class: 'hint' }, t('care.readonly', { person: currentPerson().name })),
                this.#signOutButton(),
            );
        if (!mayRespond() && !currentPerson().canSignIn) return el('p', { class: 'hint' }, t('care.closed'));
        if (!mayRespond())
            return el('div', { class: 'care-buttons' }, this.#button('signin', () => this.#ask('signin', this.#signInParts())));
        const firing = this.#alert.status === 'firing';
        return el(
            'div',
            { class: 'care-buttons' },
            firing &&
                (this.#alert.acknowledgedBy
                    ? this.#button('unacknowledge', () => this.#do('DELETE', 'acknowledge'))
                    : this.#button('acknowledge', () => this.#ask('acknowledge', this.#acknowledgeParts()))),
            firing && this.#button('silence', () => this.#ask('silence', this.#silenceParts())),
            this.#button('assign', () => this.#ask('assign', this.#assignParts())),
            this.#button('note', () => this.#ask('note', this.#noteParts())),
            this.#alert.verdict
                ? this.#button('unjudge', () => this.#do('DELETE', 'verdict'))
                : this.#button('judge', () => this.#ask('judge', this.#verdictParts())),
            firing && this.#button('close', () => this.#ask('close', this.#closeParts())),
            !currentPerson().anonymous && this.#signOutButton(),
        );
    }

    #button(key, click) {
        const press = () => {
            this.handlers.touched();
            this.#said = null;
            click();
        };
        return el('button', { type: 'button', 'data-key': `care ${key}`, click: press }, t(`care.${key}`));
    }

    // Whom a proxy names can't sign out here.
    #signOutButton() {
        return currentPerson().canSignIn && this.#button('signout', () => this.#try(signOut));
    }

    // A small form below the buttons; a second press of its button puts it away.
    #ask(key, { parts, act }) {
        if (this.#open === key) {
            this.#open = null;
            this.#render();
            return;
        }
        this.#open = key;
        const submit = () => this.#try(act);
        const form = el(
            'div',
            {
                class: 'care-form',
                role: 'group',
                'aria-label': t(`care.${key}`),
                keydown: event => {
                    // Enter that ends the writing of a Chinese word sends nothing.
                    if (event.key === 'Enter' && event.target.tagName === 'INPUT' && !event.isComposing) submit();
                },
            },
            ...parts,
            el('button', { type: 'button', class: 'confirm', 'data-key': 'care confirm', click: submit }, t(`care.${key}.do`)),
            el('p', { class: 'care-error', role: 'alert' }),
        );
        this.#render(form);
        form.querySelector('input, select, textarea')?.focus();
    }

    #noteField() {
        return el('input', { type: 'text', maxlength: 4000, autocomplete: 'off', 'data-key': 'care note-text' });
    }

    // first: the choice that is no length, as its value and its words.
    #lengthField(chosen, [value, key]) {
        return select('care length', [value, ...lengths], each => t(each === value ? key : `care.length.${each}`), chosen);
    }

    #acknowledgeParts() {
        const again = this.#lengthField('', ['', 'care.length.end']);
        const note = this.#noteField();
        return {
            parts: [field('care.ask-again', again), field('care.note-text', note)],
            act: () => this.#post('acknowledge', { note: note.value, askAgainAfter: again.value || null }),
        };
    }

    #silenceParts() {
        const length = this.#lengthField('2h', ['resolved', 'care.length.resolved']);
        const note = this.#noteField();
        const chosen = new Set(Object.keys(this.#alert.labels).filter(label => label !== 'severity'));
        const matchers = () => [...chosen].map(name => ({ name, value: this.#alert.labels[name], isRegex: false, isEqual: true }));
        const preview = el('p', { class: 'hint care-preview', role: 'status' });
        const look = async () => (preview.textContent = await mutedBy(matchers(), 'silences.will-mute').catch(failureText));
        const labels = Object.entries(this.#alert.labels).map(([label, value]) =>
            el('label', { class: 'care-matcher' },
                el('input', {
                    type: 'checkbox',
                    checked: chosen.has(label),
                    change: event => {
                        chosen[event.target.checked ? 'add' : 'delete'](label);
                        look();
                    },
                }),
                el('bdi', {}, `${label}=${value}`)));
        look();
        return {
            parts: [
                el('fieldset', {}, el('legend', {}, t('care.silence.labels')), ...labels),
                preview,
                field('care.length', length),
                field('care.comment', note),
            ],
            act: async () => {
                const asked = { matchers: matchers(), ...endOf(length.value), comment: wanted(note, 'care.comment.missing') };
                await send('POST', 'api/v2/silences', asked);
                const key = asked.quietPeriod ? 'care.silence.said.resolved' : 'care.silence.said';
                const end = t(key, { time: clock(Date.parse(asked.endsAt)) });
                return `${end} · ${await mutedBy(asked.matchers, 'silences.mutes')}`;
            },
        };
    }

    #assignParts() {
        const person = el('input', {
            type: 'text',
            maxlength: 200,
            autocomplete: 'off',
            value: this.#alert.assignee ?? currentPerson().name,
            'data-key': 'care person',
        });
        return { parts: [field('care.person', person)], act: () => this.#post('assign', { to: person.value }) };
    }

    #noteParts() {
        const note = this.#noteField();
        return { parts: [field('care.note-text', note)], act: () => this.#post('notes', { text: note.value }) };
    }

    #closeParts() {
        const reason = choice('care reason', reasons, each => t(`care.reason.${each}`));
        const note = this.#noteField();
        return {
            parts: [field('care.reason', reason), field('care.note-text', note), el('p', { class: 'hint' }, t('care.close.hint'))],
            act: () => this.#post('close', { reason: wanted(reason, 'care.reason.missing'), note: note.value }),
        };
    }

    #verdictParts() {
        const verdict = choice('care verdict', verdicts, each => t(`care.verdict.${each}`));
        const note = this.#noteField();
        return {
            parts: [field('care.verdict', verdict), field('care.note-text', note)],
            act: () => this.#post('verdict', { verdict: wanted(verdict, 'care.verdict.missing'), note: note.value }),
        };
    }

    #signInParts() {
        const token = el('input', { type: 'password', autocomplete: 'current-password', 'data-key': 'care token' });
        return { parts: [field('care.token', token)], act: () => signIn(token.value) };
    }

    #post(action, body) {
        return send('POST', `api/v1/alerts/${encodeURIComponent(this.#alert.alertId)}/${action}`, body);
    }

    // About an action of the alert that waits: nothing is rejected without a reason.
    decide({ actionId }, decision) {
        const note = decision === 'reject' ? prompt(t('action.reject.reason')) : null;
        if (decision === 'reject' && !note) return undefined;
        return this.#try(() => send('POST', `api/v1/actions/${encodeURIComponent(actionId)}/${decision}`, { note }));
    }

    #do(method, action) {
        return this.#try(() => send(method, `api/v1/alerts/${encodeURIComponent(this.#alert.alertId)}/${action}`));
    }

    // One at a time: a second press while the first is on its way does nothing.
    async #try(act) {
        if (this.#busy) return;
        this.#busy = true;
        try {
            const said = await act();
            this.#open = null;
            if (typeof said === 'string') this.#said = said;
            this.#render();
            this.handlers.changed();
        } catch (failure) {
            const place = this.element.querySelector('.care-error') ?? el('p', { class: 'care-error', role: 'alert' });
            if (!place.isConnected) this.element.insertBefore(place, null);
            place.textContent = failureText(failure);
        } finally {
            this.#busy = false;
        }
    }
}
