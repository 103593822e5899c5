// The actions that an alert started, with the buttons for one that waits for a person.
import { el, name } from './dom.js';
import { t, term } from './text.js';
import { section, timeOf } from './sections.js';
import { mayRespond } from './person.js';

export function remedies(actions, decide) {
    if (actions.length === 0) return null;
    return section('remedies', el('ol', { class: 'deliveries' }, ...actions.map(action => row(action, decide))));
}

function row(action, decide) {
    const target = Object.entries(action.target).map(([part, value]) => `${part}=${value}`).join(' ');
    const button = decision =>
        el(
            'button',
            { type: 'button', 'data-key': `${decision} ${action.actionId}`, click: () => decide(action, decision) },
            t(`action.${decision}`),
        );
    return el(
        'li',
        { class: action.state },
        el('span', { class: 'receiver' }, name(action.policy)),
        el('span', {}, term('action.state', action.state), action.reason && ` (${term('action.reason', action.reason)})`),
        timeOf(Date.parse(action.changedAt)),
        el('p', { class: 'hint' }, name(`${action.kind} ${action.action} ${target}`)),
        action.state === 'waiting_approval' && mayRespond() && el('p', {}, button('approve'), ' ', button('reject')),
    );
}
