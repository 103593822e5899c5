// Two sections of an alert's page: what people did, and who was notified.
import { el, name } from './dom.js';
import { t, term, inZone, clock } from './text.js';
import { section, timeOf } from './sections.js';

// Actions that lead to somebody, where they lead to nobody.
const toNobody = { assign: 'unassign', escalate: 'escalate_nobody' };

// What people did, the newest first.
export function deeds(actions) {
    if (actions.length === 0) return null;
    return section(
        'people',
        el(
            'ol',
            { class: 'deeds' },
            ...actions.map(({ at, actor, action, note, detail }) =>
                el(
                    'li',
                    {},
                    el(
                        'span',
                        {},
                        name(actor, { class: 'actor' }),
                        ' ',
                        term('deed', (!detail.to && toNobody[action]) || action),
                        ...extra(detail),
                    ),
                    timeOf(Date.parse(at)),
                    note && el('p', { dir: 'auto' }, note),
                ),
            ),
        ),
    );
}

function extra({ to, policy, reason, verdict, ask_again_at: again }) {
    if (policy) return [' ', name(policy), reason && ` (${term('action.reason', reason)})`];
    if (to) return [' ', name(to)];
    if (verdict) return [` (${term('care.verdict', verdict)})`];
    if (reason) return [` (${term('care.reason', reason)})`];
    if (again) return [` (${t('care.until', { time: clock(Date.parse(again)) })})`];
    return [];
}

// A silence by its matchers, its person and its end, where it is still known.
function named(by, silences) {
    const silence = silences.find(each => each.id === by);
    if (!silence) return by;
    return t('suppressed.silence.name', { matchers: silence.matchers, person: silence.createdBy, time: clock(Date.parse(silence.endsAt)) });
}

// Who was notified, when and with which outcome, the newest first.
export function notified({ notifications, suppressed }, { severity }) {
    const nobody = severity === 'info' && suppressed.length === 0 ? 'notified.nobody.info' : 'notified.nobody';
    return section(
        'notified',
        notifications.length === 0 && el('p', { class: 'hint' }, t(nobody)),
        el(
            'ol',
            { class: 'deliveries' },
            ...notifications.map(entry =>
                el(
                    'li',
                    { class: entry.status },
                    el('span', { class: 'receiver' }, name(`${entry.receiver} · ${entry.channel}`)),
                    el('span', {}, `${term('notified.says', entry.alertStatus)} · ${term('delivery', entry.status)}`),
                    timeOf(Date.parse(entry.sentAt ?? entry.decidedAt)),
                    entry.digestId && el('p', { class: 'hint' }, t('notified.digest')),
                    entry.nextAttemptAt &&
                        entry.attempts > 0 &&
                        el(
                            'p',
                            { class: 'hint' },
                            t('notified.next', { attempts: entry.attempts, time: clock(Date.parse(entry.nextAttemptAt)) }),
                        ),
                    entry.lastError && entry.status !== 'sent' && el('p', { class: 'hint', dir: 'auto' }, inZone(entry.lastError)),
                ),
            ),
        ),
        suppressed.length > 0 && el('h4', {}, t('suppressed')),
        el(
            'ol',
            { class: 'deliveries' },
            ...suppressed.map(entry =>
                el(
                    'li',
                    {},
                    el('span', { class: 'receiver' }, name(entry.receiver)),
                    el('span', {}, term('suppressed', entry.cause), ' ', name(entry.by.map(by => named(by, entry.silences)).join(', '))),
                    el(
                        'span',
                        {},
                        timeOf(Date.parse(entry.since)),
                        entry.until ? ['–', timeOf(Date.parse(entry.until))] : ` ${t('suppressed.still')}`,
                    ),
                ),
            ),
        ),
    );
}
