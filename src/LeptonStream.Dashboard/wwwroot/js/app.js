// The page: what it shows is a function of the alerts, of the address behind the # (status, filter, chosen alert) and of the language.
import { el, put } from './dom.js';
import { statuses, readAddress, addressOf } from './address.js';
import { countButtons, emptyParts, helpParts } from './panels.js';
import { languages, firstLanguage, useLanguage, currentLanguage, t, term, zone, problemText, failureText } from './text.js';
import { parseFilter, matcherFor } from './matchers.js';
import { Store } from './store.js';
import { Live } from './live.js';
import { AlertListView, refreshAges } from './list.js';
import { AlertDetailView } from './detail.js';
import { askWho } from './person.js';
import { SilencesView } from './silences.js';
import { ActView, takeLink } from './act.js';

const leastBetweenDraws = 250;
const pauseInTyping = 250;
const wide = matchMedia('(min-width: 62rem)');
const at = id => document.getElementById(id);

const store = new Store();
const list = new AlertListView(at('list'), alertId => addressOf({ ...view, alert: alertId }));
const detail = new AlertDetailView(at('detail'), {
    back: () => go({ ...view, alert: null }),
    label: (label, value) => narrow(matcherFor(label, value)),
    // Whoever works on the alert that the page chose has chosen it.
    touched: () => (chosenByPage = null),
    changed: load,
});
const silences = new SilencesView(at('silences'), load);
const live = new Live({ alert: onAlert, reset: load, state: showConnection, trouble: showTrouble });

const act = new ActView(at('act'), {
    shows: alert => go(viewOf(alert), false),
    hrefOf: alert => addressOf(viewOf(alert)),
});

let link = takeLink();
let view = readAddress();
let filter = parseFilter(view.filter);
let shownAlert;
let chosenByPage = null;
let listPlace = 0;
let connection = 'connecting';
let trouble = [];
let failure = null;
let loaded = false;
let paused = false;
let waiting = 0;
let drawn = 0;
let drawing = 0;
let typing = 0;
const arrived = new Set();

await useLanguage(firstLanguage());
write();
listen();
if (link) act.open(link);
// Without an answer the page shows no buttons; the list says itself what is wrong.
await askWho().catch(() => {});
await load();
live.start(store.seq);

// --- what happens ---

async function load() {
    try {
        await store.load(view.status !== 'firing');
        failure = null;
        loaded = true;
    } catch (problem) {
        failure = problem;
        if (!loaded) setTimeout(load, 3000);
    }
    draw();
}

function onAlert(alert) {
    const isNew = !store.alerts.has(alert.alertId);
    if (!store.change(alert)) return;
    if (paused) {
        waiting++;
        writePause();
        return;
    }
    if (isNew && alert.status === 'firing') announce(alert);
    drawSoon();
    if (alert.alertId === view.alert) showDetail();
}

function announce(alert) {
    arrived.add(alert.alertId);
    setTimeout(() => arrived.delete(alert.alertId), 4000);
    at('spoken').textContent = t('spoken.new', { severity: term('severity', alert.severity), metric: alert.metric, model: alert.model });
}

function showConnection(state) {
    connection = state;
    writeConnection();
}

function showTrouble(problems) {
    trouble = problems;
    writeTrouble();
}

// An alert in the list in which it stands.
function viewOf(alert) {
    return { ...view, status: alert.status === view.status ? view.status : 'all', filter: '', alert: alert.alertId };
}

function narrow(condition) {
    const others = view.filter.trim();
    const all = others.includes(condition) ? others : `${others} ${condition}`.trim();
    go({ ...view, filter: all, alert: wide.matches ? view.alert : null });
}

function togglePause() {
    paused = !paused;
    if (!paused) {
        waiting = 0;
        draw();
        if (view.alert) showDetail();
    }
    writePause();
}

// --- the address behind the # ---

function go(next, remember = true) {
    history[remember ? 'pushState' : 'replaceState'](null, '', addressOf(next));
    follow();
}

function follow() {
    const before = view;
    link = takeLink();
    if (link) act.open(link);
    view = readAddress();
    if (view.filter !== before.filter && at('filter').value !== view.filter) at('filter').value = view.filter;
    readFilter();
    if (view.status !== before.status && view.status !== 'firing') load();
    // Another list: an alert that is not in it does not stay beside it.
    if (wide.matches && view.alert === before.alert && (view.status !== before.status || view.filter !== before.filter))
        chosenByPage = view.alert;
    draw();
}

// A filter that can't be read yet is being written: the last good one holds and the reason is shown.
function readFilter() {
    const parsed = parseFilter(view.filter);
    at('filter').setAttribute('aria-invalid', String(parsed.wrong !== null));
    at('filter-error').hidden = parsed.wrong === null;
    at('filter-error').textContent = parsed.wrong ? t(parsed.wrong.key, { text: parsed.wrong.text }) : '';
    if (!parsed.wrong) filter = parsed;
}

// --- what is shown ---

function drawSoon() {
    drawing ||= setTimeout(draw, Math.max(0, leastBetweenDraws - (performance.now() - drawn)));
}

function draw() {
    clearTimeout(drawing);
    drawing = 0;
    drawn = performance.now();
    const alerts = loaded ? store.select(view.status, filter, currentLanguage()) : [];
    // What the page chose moves on once it has left the list; what a person chose stays.
    const isLeft = loaded && view.alert !== null && view.alert === chosenByPage && !alerts.some(alert => alert.alertId === view.alert);
    if (wide.matches && (isLeft || (!view.alert && alerts.length > 0))) choose(alerts[0]?.alertId ?? null);
    list.show(alerts, view.alert, arrived);
    drawCounts();
    drawNotice();
    drawEmpty(alerts.length === 0);
    for (const button of at('statuses').children) button.setAttribute('aria-pressed', String(button.value === view.status));
    if (view.alert && !shownAlert) listPlace = scrollY;
    document.body.dataset.view = view.alert ? 'detail' : alerts.length === 0 && !view.filter.trim() ? 'empty' : 'list';
    if (view.alert !== shownAlert) showDetail();
}

// Without a step in the history: nobody went there.
function choose(alertId) {
    chosenByPage = alertId;
    history.replaceState(null, '', addressOf({ ...view, alert: alertId }));
    view = readAddress();
}

function showDetail() {
    if (view.alert !== shownAlert) turn();
    if (view.alert) detail.show(view.alert);
    else detail.clear();
}

// On a phone the list and the alert take turns: each is found again where one left it.
function turn() {
    shownAlert = view.alert;
    at('detail').scrollTop = 0;
    if (wide.matches) return;
    scrollTo(0, view.alert ? 0 : listPlace);
    if (view.alert) at('detail').focus({ preventScroll: true });
}

function drawCounts() {
    const open = store.open();
    put(at('counts'), ...countButtons(open, severity => go({ ...view, status: 'firing', filter: `severity=${severity}` })));
    document.title = open.length > 0 ? `(${open.length}) LeptonStream` : 'LeptonStream';
}

function drawNotice() {
    const loadedOpen = store.open().length;
    const text =
        failure && loaded
            ? t('notice.failed', { reason: failureText(failure) })
            : view.status !== 'resolved' && store.openTotal > 1000 && loadedOpen >= 1000
              ? t('notice.more', { shown: loadedOpen, total: store.openTotal })
              : '';
    at('notice').hidden = text === '';
    if (at('notice').textContent !== text) at('notice').textContent = text;
}

function drawEmpty(isEmpty) {
    at('empty').hidden = !isEmpty;
    if (!isEmpty) return;
    put(at('empty'), ...emptyParts({ view, loaded, failure, hasPast: store.seq > 0 }, change => go({ ...view, ...change })));
}

// Everything whose words are there from the start.
function write() {
    for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.dataset.label));
    at('filter').placeholder = t('filter.placeholder');
    put(
        at('statuses'),
        ...statuses.map(status =>
            el(
                'button',
                {
                    type: 'button',
                    value: status,
                    click: () => go({ ...view, status }),
                },
                t(`status.${status}`),
            ),
        ),
    );
    put(
        at('language'),
        ...Object.entries(languages).map(([code, label]) =>
            el('option', { value: code, lang: code, selected: code === currentLanguage() }, label),
        ),
    );
    put(at('help'), ...helpParts(() => at('help').close()));
    at('zone').textContent = zone();
    at('zone').title = t('zone.title', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
    at('skip').textContent = t('skip');
    at('silences-open').textContent = t('silences');
    writePause();
    writeConnection();
    writeTrouble();
}

function writePause() {
    at('pause').textContent = !paused ? t('pause') : waiting === 0 ? t('resume') : t('resume.waiting', { count: waiting });
    at('pause').setAttribute('aria-pressed', String(paused));
}

function writeConnection() {
    at('connection').dataset.state = connection;
    at('connection').textContent = t(`connection.${connection}`);
    at('connection').title = t(`connection.${connection}.title`);
}

// Who reads it asks first whether people are notified, then whether everything is watched.
function kindOfTrouble({ code, values }) {
    if (code === 'notifications_dead') return 'trouble.lost';
    return code === 'role_dead' && values.role === 'notifier' ? 'trouble.notifier' : 'trouble';
}

// Written only where it changed: it is read out.
function writeTrouble() {
    const sentences = kind => trouble.filter(problem => kindOfTrouble(problem) === kind).map(problemText).join(t('trouble.join'));
    const text = [...new Set(trouble.map(kindOfTrouble))].map(kind => t(kind, { problems: sentences(kind) })).join(' ');
    at('connection').dataset.trouble = String(text !== '');
    at('trouble').hidden = text === '';
    if (at('trouble').textContent !== text) at('trouble').textContent = text;
}

// --- what people do ---

function listen() {
    addEventListener('popstate', follow);
    addEventListener('hashchange', follow);
    at('filter').value = view.filter;
    at('filter').addEventListener('input', () => {
        clearTimeout(typing);
        typing = setTimeout(() => go({ ...view, filter: at('filter').value }, false), pauseInTyping);
    });
    // Whoever clicks the row that is shown already has chosen it.
    at('list').addEventListener('click', event => {
        if (event.target.closest('a')) chosenByPage = null;
    });
    at('skip').addEventListener('click', () => list.move(0));
    at('pause').addEventListener('click', togglePause);
    at('silences-open').addEventListener('click', () => silences.open());
    at('help-open').addEventListener('click', () => at('help').showModal());
    at('language').addEventListener('change', async () => {
        await useLanguage(at('language').value, true);
        write();
        readFilter();
        draw();
        detail.translate();
        if (!view.alert) detail.clear();
    });
    document.addEventListener('keydown', onKey);
    wide.addEventListener('change', draw);
    setInterval(refreshAges, 1000);
    // Silences and windows begin and end without an event.
    setInterval(() => loaded && !paused && !document.hidden && load(), 60_000);
}

function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || at('help').open || at('silences').open || at('act').open) return;
    const writes = event.target.matches('input, select, textarea');
    if (event.key === 'Escape') {
        if (view.alert && !wide.matches) go({ ...view, alert: null });
        else list.move(0);
        return;
    }
    const act = writes
        ? null
        : {
              j: () => list.move(1),
              k: () => list.move(-1),
              '/': () => at('filter').focus(),
              t: () => detail.toggleTable(),
              a: () => detail.press('acknowledge'),
              s: () => detail.press('silence'),
              n: () => detail.press('note'),
              p: togglePause,
              '?': () => at('help').showModal(),
          }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
}
