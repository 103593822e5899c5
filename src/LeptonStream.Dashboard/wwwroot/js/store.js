// The alerts this page knows: what the lists brought, kept up to date by what comes live.

const most = 1000;
const mostResolved = 200;
const rank = { critical: 0, warning: 1, info: 2 };

export class Store {
    alerts = new Map();
    seq = 0;
    openTotal = 0;
    #arrived = new Map();
    #turn = 0;

    // Loads the open alerts, and with them the resolved ones where these are to be shown. What comes live in the meantime is kept.
    async load(withResolved) {
        const turn = ++this.#turn;
        this.#arrived.clear();
        const [open, resolved] = await Promise.all([list('firing', most), withResolved ? list('resolved', mostResolved) : null]);
        if (turn !== this.#turn) return;
        this.alerts = new Map([...open.alerts, ...resolved?.alerts ?? []].map(alert => [alert.alertId, alert]));
        this.openTotal = open.total;
        this.seq = open.seq;
        for (const alert of this.#arrived.values()) this.change(alert);
    }

    // True where it changed something.
    change(alert) {
        this.#arrived.set(alert.alertId, alert);
        const known = this.alerts.get(alert.alertId);
        if (known && known.seq >= alert.seq) return false;
        this.seq = Math.max(this.seq, alert.seq);
        this.alerts.set(alert.alertId, alert);
        if (alert.status === 'resolved') this.#forgetOldest();
        return true;
    }

    open() {
        return [...this.alerts.values()].filter(alert => alert.status === 'firing');
    }

    // Open ones by urgency, then the newest first; resolved ones behind them, the latest first.
    select(status, filter, language) {
        return [...this.alerts.values()]
            .filter(alert => (status === 'all' || alert.status === status) && filter.accepts(alert.labels, textOf(alert, language)))
            .sort(compare);
    }

    #forgetOldest() {
        const resolved = [...this.alerts.values()].filter(alert => alert.status === 'resolved');
        if (resolved.length <= mostResolved * 2) return;
        for (const alert of resolved.sort(compare).slice(mostResolved)) this.alerts.delete(alert.alertId);
    }
}

const list = (status, limit) => fetchJson(`api/v1/alerts?status=${status}&limit=${limit}`);

export async function fetchJson(address, options = {}) {
    const answer = await fetch(address, { headers: { Accept: 'application/json' }, ...options });
    if (answer.ok) return answer.json();
    throw await problemOf(answer);
}

// Asks for a change, and answers with what the program says of it.
export async function send(method, address, body, more = {}) {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json', ...more };
    const answer = await fetch(address, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (!answer.ok) throw await problemOf(answer);
    const text = await answer.text();
    return text ? JSON.parse(text) : null;
}

// Alertmanager's addresses answer with a text, all others with a problem.
async function problemOf(answer) {
    const problem = await answer.json().catch(() => ({}));
    const text = typeof problem === 'string' ? problem : (problem.detail ?? problem.title);
    return Object.assign(new Error(text ?? `status ${answer.status}`), { status: answer.status, code: problem.code });
}

function compare(left, right) {
    if (left.status !== right.status) return left.status === 'firing' ? -1 : 1;
    if (left.status === 'resolved') return order(right.resolvedAt, left.resolvedAt) || order(left.alertId, right.alertId);
    return (rank[left.severity] ?? 3) - (rank[right.severity] ?? 3) || order(right.onset, left.onset) || order(left.alertId, right.alertId);
}

const order = (left, right) => left < right ? -1 : left > right ? 1 : 0;

// What plain words are looked for in; made once per alert and language.
const texts = new WeakMap();

function textOf(alert, language) {
    const known = texts.get(alert);
    if (known?.language === language) return known.text;
    const parts = [alert.alertId, alert.model, alert.metric, ...Object.entries(alert.labels).flat(), alert.summary?.[language] ?? ''];
    const text = parts.join('\n').toLocaleLowerCase();
    texts.set(alert, { language, text });
    return text;
}
